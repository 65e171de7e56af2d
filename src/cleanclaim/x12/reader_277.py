"""Read claim statuses into records: claim acknowledgments (277CA, 005010X214) and status answers (277, 005010X212).

Both tell statuses level by level: payer, receiver, biller, then claim and line. A value that cannot be read becomes a
problem and is unknown; a status without its category is left out; the rest goes on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from cleanclaim.money import AmountError, scaled
from cleanclaim.records.claim_status import (
    ReportedBiller,
    ReportedClaim,
    ReportedLine,
    StatusCode,
    StatusKind,
    StatusReport,
)
from cleanclaim.x12.interchange import Segment
from cleanclaim.x12.problems import Problem
from cleanclaim.x12.segment_values import told_day
from cleanclaim.x12.transactions import TransactionSet, sets_of

_ACKNOWLEDGMENT = "005010X214"
_PAYER, _RECEIVER, _BILLER = "20", "21", "19"
_PEOPLE = frozenset({"PT", "22", "23"})
_STATUS_PLACES = (1, 10, 11)
"""Elements of STC that hold a status each."""
_ACTIONS = {"U": True, "WQ": False}
_LONGEST_COUNT = 10
_QUALIFIER_AND_CODE = 2


@dataclass(slots=True)
class ReadStatuses:
    """The reports of a file in order, and what could not be read of it."""

    reports: list[StatusReport] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read_277(data: bytes) -> ReadStatuses:
    """Every report of a file, one for each payer and receiver in it. Other transactions are passed over."""
    sets, problems = sets_of(data, "277")
    found = ReadStatuses(problems=problems)
    for item in sets:
        _read(item, found)
    return found


def _read(item: TransactionSet, found: ReadStatuses) -> None:
    kind = StatusKind.ACKNOWLEDGMENT if item.version.startswith(_ACKNOWLEDGMENT) else StatusKind.ANSWER
    reading = _Reading(kind)
    for segment in item.segments:
        reading.take(segment)
    reading.end_report()
    found.reports.extend(reading.reports)
    found.problems.extend(reading.problems)


@dataclass(slots=True)
class _Reading:
    """Follows one transaction segment by segment."""

    kind: StatusKind
    reports: list[StatusReport] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    _day: date | None = None
    _level: str = ""
    _payer: dict[str, Any] = field(default_factory=dict)
    _report: dict[str, Any] | None = None
    _billers: list[ReportedBiller] = field(default_factory=list)
    _biller: dict[str, Any] | None = None
    _person: dict[str, Any] = field(default_factory=dict)
    _claims: list[ReportedClaim] = field(default_factory=list)
    _claim: dict[str, Any] | None = None
    _lines: list[ReportedLine] = field(default_factory=list)
    _line: dict[str, Any] | None = None

    def take(self, segment: Segment) -> None:
        """The next segment; one that is not known changes nothing."""
        reader = _READERS.get(segment.id)
        if reader is not None:
            reader(self, segment)

    # --- levels ---

    def begin(self, segment: Segment) -> None:
        """BHT: the day of the report."""
        self._day = self._date(segment, 4, segment.text(4))

    def level(self, segment: Segment) -> None:
        """HL: who is spoken of from here."""
        self._level = segment.text(3)
        if self._level == _PAYER:
            self.end_report()
            self._payer = {"segment": segment.number}
        elif self._level == _RECEIVER:
            payer = self._payer
            self.end_report()
            self._payer = payer
            self._report = {"statuses": (), **payer}
        elif self._level == _BILLER:
            self._end_biller()
            self._biller = {"segment": segment.number, "statuses": ()}
            self._person = {}
        elif self._level in _PEOPLE:
            self._end_claim()
            # What a dependent's level does not say of the member is said by the subscriber's before it.
            self._person = dict(self._person) if self._level == "23" else {}
        else:
            self.problems.append(Problem(segment.number, "", "HL03", "an unknown level", "20, 21, 19, PT, 22 or 23"))

    def name(self, segment: Segment) -> None:
        """NM1: the payer, the biller, the patient."""
        if self._level == _PAYER:
            self._payer |= {"payer_name": segment.text(3), "payer_identifier": segment.text(9)}
        elif self._level == _BILLER and self._biller is not None and segment.text(8) == "XX":
            self._biller["npi"] = segment.text(9)
        elif self._level in _PEOPLE:
            self._person |= {"family_name": segment.text(3), "given_name": segment.text(4)}
            if segment.text(9):
                self._person["member_id"] = segment.text(9)

    def trace(self, segment: Segment) -> None:
        """TRN: our transaction's reference, or a claim's beginning."""
        number = segment.text(2)
        if self._level == _RECEIVER and self._report is not None:
            self._report["batch_reference"] = number
        elif self._level in _PEOPLE:
            self._end_claim()
            own = number if self.kind is StatusKind.ACKNOWLEDGMENT else ""
            trace = "" if self.kind is StatusKind.ACKNOWLEDGMENT else number
            if not number:
                self.problems.append(Problem(segment.number, "2200D", "TRN02", "nothing", "the number of a claim"))
            self._claim = {"segment": segment.number, "control_number": own, "trace": trace, "statuses": ()}

    # --- statuses ---

    def status(self, segment: Segment) -> None:
        """STC: a status of whatever level or line is at hand."""
        codes = self._codes(segment)
        if self._line is not None:
            self._line["statuses"] += codes
            return
        target = self._target()
        if target is None:
            self.problems.append(Problem(segment.number, "", "STC", "a status", "a level (HL) and number (TRN) before"))
            return
        target["statuses"] += codes
        refuses = _ACTIONS.get(segment.text(3))
        if refuses is not None:
            target["refuses"] = bool(target.get("refuses")) or refuses
        if target is self._claim:
            self._claim_status(segment)

    def _claim_status(self, segment: Segment) -> None:
        claim = self._claim or {}
        claim["effective_on"] = self._date(segment, 2, segment.text(2))
        for name, place in (("charge_cents", 4), ("paid_cents", 5)):
            if segment.text(place):
                claim[name] = self._cents(segment, place)
        for name, place in (("decided_on", 6), ("paid_on", 8)):
            if segment.text(place):
                claim[name] = self._date(segment, place, segment.text(place))
        if segment.text(9):
            claim["check_number"] = segment.text(9)
        if segment.text(12):
            claim["message"] = segment.text(12)

    def _codes(self, segment: Segment) -> tuple[StatusCode, ...]:
        found = []
        for place in _STATUS_PLACES:
            parts = segment.parts(place)
            if parts == [""]:
                continue
            if not parts[0] or len(parts) < 2 or not parts[1]:  # noqa: PLR2004 - category and status
                element = f"STC{place:02d}"
                self.problems.append(Problem(segment.number, "", element, "half a status", "a category and a status"))
                continue
            found.append(StatusCode(category=parts[0], status=parts[1], entity=parts[2] if len(parts) > 2 else ""))  # noqa: PLR2004
        return tuple(found)

    def _target(self) -> dict[str, Any] | None:
        if self._level in _PEOPLE:
            return self._claim
        return self._biller if self._level == _BILLER else self._report

    def count(self, segment: Segment) -> None:
        """QTY: how many claims were taken or returned, of all that was sent."""
        name = {"90": "taken", "AA": "returned"}.get(segment.text(1))
        text = segment.text(2)
        if name is None or self._level != _RECEIVER or self._report is None:
            return
        if text.isascii() and text.isdigit() and len(text) <= _LONGEST_COUNT:
            self._report[name] = int(text)
        else:
            self.problems.append(Problem(segment.number, "2200B", "QTY02", "no number", "a count of claims"))

    # --- claims and lines ---

    def reference(self, segment: Segment) -> None:
        """REF: the payer's number, the clearinghouse's, ours, our line's."""
        qualifier, value = segment.text(1), segment.text(2)
        if self._line is not None:
            if qualifier == "FJ":
                self._line["control_number"] = value
        elif self._claim is not None:
            name = {"1K": "payer_control_number", "D9": "clearinghouse_number", "EJ": "control_number"}.get(qualifier)
            if name is not None and value:
                self._claim[name] = value

    def day(self, segment: Segment) -> None:
        """DTP: when the service was."""
        if segment.text(1) != "472":
            return
        begins, _sign, ends = segment.text(3).partition("-")
        first = self._date(segment, 3, begins)
        if self._line is not None:
            self._line["date_of_service"] = first
        elif self._claim is not None:
            self._claim |= {"begins_on": first, "ends_on": self._date(segment, 3, ends) if ends else first}

    def line(self, segment: Segment) -> None:
        """SVC: a line of the claim at hand."""
        self._end_line()
        if self._claim is None:
            self.problems.append(Problem(segment.number, "2220D", "SVC", "a line", "a claim (TRN) before it"))
            return
        parts = segment.parts(1)
        code = parts[1].upper() if len(parts) >= _QUALIFIER_AND_CODE else ""
        if not code:
            self.problems.append(Problem(segment.number, "2220D", "SVC01", "no code", "a qualifier and a code"))
        self._line = {
            "segment": segment.number,
            "code": code,
            "modifiers": tuple(part.upper() for part in parts[2:6] if part),
            "charge_cents": self._cents(segment, 2) if segment.text(2) else None,
            "statuses": (),
        }

    # --- ends ---

    def _end_line(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            self._lines.append(ReportedLine(**line))

    def _end_claim(self) -> None:
        self._end_line()
        claim, self._claim = self._claim, None
        lines, self._lines = tuple(self._lines), []
        if claim is not None:
            self._claims.append(ReportedClaim(**claim, **self._person, lines=lines))

    def _end_biller(self) -> None:
        self._end_claim()
        biller, self._biller = self._biller, None
        if biller is not None and biller["statuses"]:
            self._billers.append(ReportedBiller(**biller))

    def end_report(self) -> None:
        """Another payer or receiver begins, or the transaction ends."""
        self._end_biller()
        report, self._report = self._report, None
        billers, self._billers = tuple(self._billers), []
        claims, self._claims = tuple(self._claims), []
        if report is None and not claims:
            return
        told = report if report is not None else {"segment": claims[0].segment, **self._payer}
        told.setdefault("segment", 0)
        self.reports.append(StatusReport(kind=self.kind, reported_on=self._day, billers=billers, claims=claims, **told))

    # --- values ---

    def _cents(self, segment: Segment, place: int) -> int | None:
        try:
            return scaled(segment.text(place), 100)
        except AmountError:
            element = f"{segment.id}{place:02d}"
            self.problems.append(Problem(segment.number, "", element, "no amount", "dollars and cents"))
            return None

    def _date(self, segment: Segment, place: int, text: str) -> date | None:
        return told_day(segment, place, text, self.problems)


_READERS: dict[str, Callable[[_Reading, Segment], None]] = {
    "BHT": _Reading.begin,
    "HL": _Reading.level,
    "NM1": _Reading.name,
    "TRN": _Reading.trace,
    "STC": _Reading.status,
    "QTY": _Reading.count,
    "REF": _Reading.reference,
    "DTP": _Reading.day,
    "SVC": _Reading.line,
}
