"""Read remittances (835, 005010X221A1) into records.

One file may hold several payments, each a transaction of its own. A value that cannot be read becomes a problem that
names the segment and what was expected, and the claim it stands in is left out with it, for half a claim must not be
posted; the others go on. Whether amounts balance is asked of the records, not here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any, NoReturn, TypeVar

from cleanclaim.money import AmountError, scaled
from cleanclaim.records.adjudication import Adjustment, AdjustmentGroup
from cleanclaim.records.remittance import ProviderAdjustment, Remittance, RemittedClaim, RemittedLine
from cleanclaim.x12.interchange import Segment, read
from cleanclaim.x12.problems import Problem
from cleanclaim.x12.transactions import TransactionSet, transactions

_T = TypeVar("_T")

_DATE_LENGTH = 8
_PER_ADJUSTMENT = 3
_ADJUSTMENTS_PER_SEGMENT = 6
_REMEMBERED = 8192
"""Values that are remembered of each kind."""
_GROUPS = frozenset(item.value for item in AdjustmentGroup)
_PAYER_NUMBERS = frozenset({"2U", "NF"})
"""What a payer's REF tells besides its name: the number under which claims go to it, and that of an insurer."""


@dataclass(slots=True)
class ReadRemittances:
    """The payments of a file, and what could not be read of it.

    `left_out` holds, for each payment by its place, the segments at which claims that could not be read begin.
    """

    remittances: list[Remittance] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    left_out: list[tuple[int, ...]] = field(default_factory=list)


def read_835(data: bytes) -> ReadRemittances:
    """Every payment of a file, in order."""
    file = read(data)
    sets, problems = transactions(file)
    found = ReadRemittances(problems=[*file.problems, *problems])
    for interchange in file.interchanges:
        found.problems.extend(interchange.problems)
    for item in sets:
        if item.kind == "835":
            _read(item, found)
        else:
            at = item.segments[0].number if item.segments else 0
            found.problems.append(Problem(at, "", "ST01", f"transaction {item.kind or 'of no kind'}", "835"))
    return found


def _read(item: TransactionSet, found: ReadRemittances) -> None:
    reading = _Reading()
    for segment in item.segments:
        reading.take(segment)
    reading.end_claim()
    payment = reading.payment()
    found.problems.extend(reading.problems)
    if payment is None:
        return
    found.remittances.append(payment.model_copy(update={"is_test": item.interchange.is_test}))
    found.left_out.append(tuple(reading.left_out))


class _UnreadableError(Exception):
    """A value of the claim at hand cannot be read; the problem is noted."""


@dataclass(slots=True)
class _Reading:
    """Follows one transaction segment by segment."""

    problems: list[Problem] = field(default_factory=list)
    left_out: list[int] = field(default_factory=list)
    _header: dict[str, Any] = field(default_factory=dict)
    _claims: list[RemittedClaim] = field(default_factory=list)
    _provider: list[ProviderAdjustment] = field(default_factory=list)
    _claim: dict[str, Any] | None = None
    _line: dict[str, Any] | None = None
    _lines: list[RemittedLine] = field(default_factory=list)
    _is_spoiled: bool = False
    _is_detail: bool = False
    _party: str = ""
    _seen: dict[str, Any] = field(default_factory=dict)

    def take(self, segment: Segment) -> None:
        """The next segment. One that is not known changes nothing."""
        reader = _READERS.get(segment.id)
        if reader is None:
            return
        try:
            reader(self, segment)
        except _UnreadableError:
            self._is_spoiled = True

    def payment(self) -> Remittance | None:
        """The payment; `None`, with a problem, where its amount or number is not known."""
        if "amount_cents" not in self._header or "trace_number" not in self._header:
            missing = "BPR02" if "amount_cents" not in self._header else "TRN02"
            self.problems.append(Problem(self._header.get("segment", 0), "", missing, "nothing", "a payment"))
            return None
        header = {"payer_name": "", "segment": 0, **self._header}
        return Remittance(**header, claims=tuple(self._claims), provider_adjustments=tuple(self._provider))

    # --- the payment ---

    def begin(self, segment: Segment) -> None:
        """BPR: amount, direction, method, day."""
        self._header |= {"segment": segment.number, "method": segment.text(4)}
        amount = self._cents(segment, 2, "ST")
        self._header["amount_cents"] = -amount if segment.text(3) == "D" else amount
        self._header["paid_on"] = self._date(segment, 16, "ST", segment.text(16))

    def trace(self, segment: Segment) -> None:
        """TRN: the number of the check or transfer, and who issued it."""
        if not self._is_detail and segment.text(2):
            self._header["trace_number"] = segment.text(2)
            self._header.setdefault("payer_identifier", segment.text(3))

    def party(self, segment: Segment) -> None:
        """N1: the payer or the payee."""
        self._party = segment.text(1)
        if self._party == "PR":
            self._header["payer_name"] = segment.text(2)
            if segment.text(3) == "XV" and segment.text(4):
                self._header["payer_identifier"] = segment.text(4)
        elif self._party == "PE":
            name = {"XX": "payee_npi", "FI": "payee_tax_id"}.get(segment.text(3))
            if name:
                self._header[name] = segment.text(4)

    def provider_adjustment(self, segment: Segment) -> None:
        """PLB: up to six reasons, each with its reference and amount."""
        self.end_claim()
        for place in range(3, min(len(segment.elements), 15), 2):
            reason = segment.parts(place)
            if not reason[0] and not segment.text(place + 1):
                continue
            cents = self._cents(segment, place + 1, "PLB")
            reference = reason[1] if len(reason) > 1 else ""
            self._provider.append(
                ProviderAdjustment(segment=segment.number, reason=reason[0], reference=reference, cents=cents)
            )

    # --- a claim ---

    def begin_claim(self, segment: Segment) -> None:
        """CLP: whose claim, how it was processed, charged, paid, owed by the patient."""
        self.end_claim()
        self._is_detail = True
        self._claim = {"segment": segment.number, "adjustments": [], "remarks": []}
        self._claim |= {
            "control_number": segment.text(1),
            "status": segment.text(2),
            "charge_cents": self._cents(segment, 3, "2100"),
            "paid_cents": self._cents(segment, 4, "2100"),
            "patient_cents": self._cents(segment, 5, "2100") if segment.text(5) else None,
            "filing_indicator": segment.text(6),
            "payer_control_number": segment.text(7),
            "frequency": segment.text(9),
        }

    def end_claim(self) -> None:
        """The claim is over: it is kept, or left out where something of it could not be read."""
        self._end_line()
        claim, self._claim = self._claim, None
        lines, self._lines = self._lines, []
        if claim is None:
            self._is_spoiled = False
            return
        if self._is_spoiled:
            self.left_out.append(claim["segment"])
        else:
            # A payer pays a line's units in parts, and says so line by line: the claim keeps them in their order.
            claim["adjustments"], claim["remarks"] = tuple(claim["adjustments"]), tuple(claim["remarks"])
            self._claims.append(RemittedClaim(**claim, lines=tuple(lines)))
        self._is_spoiled = False

    def person(self, segment: Segment) -> None:
        """NM1: the patient, who treated, or the payer that the claim was sent on to."""
        if self._claim is None or self._line is not None:
            return
        kind = segment.text(1)
        if kind == "QC":
            self._claim |= {"family_name": segment.text(3), "given_name": segment.text(4)}
            if segment.text(9):
                self._claim["member_id"] = segment.text(9)
        elif kind == "IL" and segment.text(9):
            self._claim.setdefault("member_id", segment.text(9))
        elif kind == "82" and segment.text(8) == "XX":
            self._claim["rendering_npi"] = segment.text(9)
        elif kind == "TT":
            self._claim |= {"forwarded_to": segment.text(3), "forwarded_identifier": segment.text(9)}

    def day(self, segment: Segment) -> None:
        """DTM: the days of the claim or the line."""
        names = _LINE_DAYS if self._line is not None else _CLAIM_DAYS
        name = names.get(segment.text(1))
        target = self._line if self._line is not None else self._claim
        if name and target is not None:
            target[name] = self._date(segment, 2, self._loop, segment.text(2))
            if segment.text(1) == "472":
                target["through"] = target[name]

    def amount(self, segment: Segment) -> None:
        """AMT: what is allowed on a line; interest on a claim, and what its patient is said to have paid."""
        if self._line is not None and segment.text(1) == "B6":
            self._line["allowed_cents"] = self._cents(segment, 2, "2110")
        elif self._line is None and self._claim is not None and (name := _CLAIM_AMOUNTS.get(segment.text(1))):
            self._claim[name] = self._cents(segment, 2, "2100")

    def adjust(self, segment: Segment) -> None:
        """CAS: up to six reasons of one group, on the claim or on the line at hand."""
        target = self._line if self._line is not None else self._claim
        if target is None:
            return
        target["adjustments"] += self._once(segment, self._adjustments)

    def _adjustments(self, segment: Segment) -> tuple[Adjustment, ...]:
        group = segment.text(1)
        if group not in _GROUPS:
            self._problem(segment, 1, "a group that no payer may use", "CO, OA, PI or PR")
        found = []
        most = 2 + _PER_ADJUSTMENT * _ADJUSTMENTS_PER_SEGMENT
        for place in range(2, min(len(segment.elements), most), _PER_ADJUSTMENT):
            if not segment.text(place) and not segment.text(place + 1):
                continue
            if not segment.text(place):
                self._problem(segment, place, "nothing", "a reason code beside its amount")
            cents = self._cents(segment, place + 1, self._loop)
            units = self._units(segment, place + 2) if segment.text(place + 2) else None
            found.append(_adjustment(group, segment.text(place), cents, units))
        return tuple(found)

    def outpatient(self, segment: Segment) -> None:
        """MOA: remark codes of the whole claim."""
        if self._claim is not None:
            self._claim["remarks"].extend(code for code in map(segment.text, range(3, 8)) if code)

    def inpatient(self, segment: Segment) -> None:
        """MIA: remark codes of a claim that the payer processed as an institution's."""
        if self._claim is not None:
            self._claim["remarks"].extend(code for code in map(segment.text, (5, *range(20, 24))) if code)

    # --- a line ---

    def begin_line(self, segment: Segment) -> None:
        """SVC: what was decided on, charged and paid; the sixth element says what was billed where it differs."""
        if self._claim is None:
            self._problem(segment, 0, "a line", "a claim (CLP) before it")
        self._end_line()
        self._line = {"segment": segment.number, "adjustments": [], "remarks": []}
        self._line |= self._once(segment, self._service)

    def _service(self, segment: Segment) -> dict[str, Any]:
        code, modifiers = self._procedure(segment, 1)
        found = {
            "code": code,
            "modifiers": modifiers,
            "charge_cents": self._cents(segment, 2, "2110"),
            "paid_cents": self._cents(segment, 3, "2110"),
            "units": self._units(segment, 5) if segment.text(5) else 1,
        }
        if segment.text(6):
            billed, billed_modifiers = self._procedure(segment, 6)
            found |= {"billed_code": billed, "billed_modifiers": billed_modifiers}
        if segment.text(7):
            found["billed_units"] = self._units(segment, 7)
        return found

    def reference(self, segment: Segment) -> None:
        """REF: our line number; the payee's tax id; by which other numbers the payer goes."""
        if self._line is not None and segment.text(1) == "6R":
            self._line["control_number"] = segment.text(2)
        elif self._claim is None and self._party == "PE" and segment.text(1) == "TJ":
            self._header["payee_tax_id"] = segment.text(2)
        elif self._claim is None and self._party == "PR" and segment.text(1) in _PAYER_NUMBERS and segment.text(2):
            self._header["payer_numbers"] = (*self._header.get("payer_numbers", ()), segment.text(2))

    def remark(self, segment: Segment) -> None:
        """LQ: a remark code of the line."""
        if self._line is not None and segment.text(1) == "HE" and segment.text(2):
            self._line["remarks"].append(segment.text(2))

    def _end_line(self) -> None:
        line, self._line = self._line, None
        if line is None or self._is_spoiled:
            return
        line["adjustments"], line["remarks"] = tuple(line["adjustments"]), tuple(line["remarks"])
        claim = self._claim or {}
        line.setdefault("date_of_service", claim.get("begins_on"))
        self._lines.append(RemittedLine(**line))

    # --- values ---

    def _once(self, segment: Segment, read: Callable[[Segment], _T]) -> _T:
        """What a segment says; the same words say the same, and a payer repeats most of its services and reasons."""
        words = segment.raw()
        if words not in self._seen:
            self._seen[words] = read(segment)
        found: _T = self._seen[words]
        return found

    @property
    def _loop(self) -> str:
        return "2110" if self._line is not None else "2100"

    def _procedure(self, segment: Segment, place: int) -> tuple[str, tuple[str, ...]]:
        found = _procedure(segment.text(place), segment.delimiters.component)
        if not found[0]:
            self._problem(segment, place, "no procedure code", "a qualifier and a code")
        return found

    def _cents(self, segment: Segment, place: int, loop: str) -> int:
        text = segment.text(place)
        try:
            return _scaled(text, 100)
        except AmountError:
            self._problem(segment, place, "no amount" if text else "nothing", "dollars and cents", loop)

    def _units(self, segment: Segment, place: int) -> int | None:
        """Whole units; a payer's part of a unit is not known to us as units."""
        text = segment.text(place)
        whole, _point, part = text.partition(".")
        if not whole.lstrip("-").isdecimal() or (part and not part.isdecimal()):
            self._problem(segment, place, "no number", "units")
        return int(whole) if not part.strip("0") else None

    def _date(self, segment: Segment, place: int, loop: str, text: str) -> date | None:
        if not text:
            return None
        found = _day(text)
        return self._no_date(segment, place, loop) if found is None else found

    def _no_date(self, segment: Segment, place: int, loop: str) -> NoReturn:
        self._problem(segment, place, "no date", "a date as CCYYMMDD", loop)

    def _problem(self, segment: Segment, place: int, found: str, expected: str, loop: str = "") -> NoReturn:
        element = f"{segment.id}{place:02d}" if place else segment.id
        self.problems.append(Problem(segment.number, loop or self._loop, element, found, expected))
        raise _UnreadableError


# A payer says the same amounts, days, services and reasons over and over: each is read once.
_scaled = lru_cache(maxsize=_REMEMBERED)(scaled)


@lru_cache(maxsize=_REMEMBERED)
def _adjustment(group: str, reason: str, cents: int, units: int | None) -> Adjustment:
    return Adjustment(group=AdjustmentGroup(group), reason=reason, amount_cents=cents, units=units)


@lru_cache(maxsize=_REMEMBERED)
def _procedure(text: str, delimiter: str) -> tuple[str, tuple[str, ...]]:
    """Code and modifiers of a composite; an empty code where there is none."""
    parts = [part.strip().upper() for part in text.split(delimiter)]
    return (parts[1], tuple(part for part in parts[2:6] if part)) if len(parts) > 1 else ("", ())


@lru_cache(maxsize=_REMEMBERED)
def _day(text: str) -> date | None:
    """A day as CCYYMMDD; `None` where it is none."""
    if len(text) != _DATE_LENGTH or not text.isdecimal():
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


_CLAIM_AMOUNTS = {"I": "interest_cents", "F5": "patient_paid_cents"}
_CLAIM_DAYS = {"232": "begins_on", "233": "ends_on", "050": "received_on"}
_LINE_DAYS = {"472": "date_of_service", "150": "date_of_service", "151": "through"}
_READERS = {
    "BPR": _Reading.begin,
    "TRN": _Reading.trace,
    "N1": _Reading.party,
    "CLP": _Reading.begin_claim,
    "NM1": _Reading.person,
    "DTM": _Reading.day,
    "AMT": _Reading.amount,
    "CAS": _Reading.adjust,
    "MIA": _Reading.inpatient,
    "MOA": _Reading.outpatient,
    "SVC": _Reading.begin_line,
    "REF": _Reading.reference,
    "LQ": _Reading.remark,
    "PLB": _Reading.provider_adjustment,
}
