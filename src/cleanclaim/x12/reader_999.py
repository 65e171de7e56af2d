"""Read acknowledgments into records: the TA1 on an interchange and the 999 (005010X231A1) on a functional group.

One file may hold many of both. An answer of which the number or the outcome cannot be read becomes a problem and is
left out; the others go on.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from cleanclaim.records.acknowledgments import (
    ElementFault,
    GroupAnswer,
    InterchangeAnswer,
    SegmentFault,
    TransactionAnswer,
)
from cleanclaim.x12.interchange import Segment, read
from cleanclaim.x12.problems import Problem
from cleanclaim.x12.segment_values import day_of
from cleanclaim.x12.transactions import TransactionSet, transactions

_INTERCHANGE_OUTCOMES = frozenset("AER")
_OUTCOMES = frozenset("AEMPRWX")
_CLAIM_CONTEXT = "CLM01"
_LONGEST_COUNT = 6


@dataclass(slots=True)
class ReadAcknowledgments:
    """The answers of a file in order, and what could not be read of it."""

    interchanges: list[InterchangeAnswer] = field(default_factory=list)
    groups: list[GroupAnswer] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read_acknowledgments(data: bytes) -> ReadAcknowledgments:
    """Every TA1 and 999 of a file. Transactions of other kinds are passed over without a word."""
    file = read(data)
    sets, problems = transactions(file)
    found = ReadAcknowledgments(problems=[*file.problems, *problems])
    for segment in file.segments():
        if segment.id == "TA1":
            _interchange(segment, found)
    for item in sets:
        if item.kind == "999":
            _group(item, found)
    return found


def _interchange(segment: Segment, found: ReadAcknowledgments) -> None:
    outcome = segment.text(4)
    if not segment.text(1):
        found.problems.append(Problem(segment.number, "", "TA101", "nothing", "the control number of an interchange"))
    elif outcome not in _INTERCHANGE_OUTCOMES:
        found.problems.append(Problem(segment.number, "", "TA104", "no outcome", "A, E or R"))
    else:
        found.interchanges.append(
            InterchangeAnswer(
                segment=segment.number,
                control_number=segment.text(1),
                interchange_date=segment.text(2),
                outcome=outcome,
                note=segment.text(5),
            )
        )


def _group(item: TransactionSet, found: ReadAcknowledgments) -> None:
    reading = _Reading(answered_on=None if item.group is None else day_of(item.group.text(4)))
    for segment in item.segments:
        reading.take(segment)
    reading.end_group(item.segments[-1])
    found.groups.extend(reading.groups)
    found.problems.extend(reading.problems)


@dataclass(slots=True)
class _Reading:
    """Follows one 999 segment by segment: group, transaction, segment at fault, element at fault."""

    answered_on: date | None = None
    groups: list[GroupAnswer] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    _header: dict[str, Any] | None = None
    _transactions: list[TransactionAnswer] = field(default_factory=list)
    _transaction: dict[str, Any] | None = None
    _faults: list[SegmentFault] = field(default_factory=list)
    _fault: dict[str, Any] | None = None

    def take(self, segment: Segment) -> None:
        """The next segment; one that is not known changes nothing."""
        reader = _READERS.get(segment.id)
        if reader is not None:
            reader(self, segment)

    def begin_group(self, segment: Segment) -> None:
        """AK1: which of our groups is answered."""
        self.end_group(segment)
        self._header = {"segment": segment.number, "function": segment.text(1), "control_number": segment.text(2)}

    def begin_transaction(self, segment: Segment) -> None:
        """AK2: which of its transactions is answered."""
        self._end_transaction(segment)
        self._transaction = {
            "segment": segment.number,
            "kind": segment.text(1),
            "control_number": segment.text(2),
        }

    def begin_fault(self, segment: Segment) -> None:
        """IK3: a segment at fault."""
        self._end_fault()
        self._fault = {
            "segment": segment.number,
            "tag": segment.text(1),
            "position": _count(segment.text(2)),
            "loop": segment.text(3),
            "code": segment.text(4),
            "elements": [],
        }

    def context(self, segment: Segment) -> None:
        """CTX: in which claim the segment at fault stands."""
        parts = segment.parts(1)
        if self._fault is not None and parts[0] == _CLAIM_CONTEXT and len(parts) > 1:
            self._fault.setdefault("claim_id", parts[1])

    def element(self, segment: Segment) -> None:
        """IK4: an element at fault."""
        if self._fault is None:
            self._problem(segment, "IK4", "an element", "a segment at fault (IK3) before it")
            return
        self._fault["elements"].append(
            ElementFault(
                segment=segment.number,
                position=":".join(segment.parts(1)),
                code=segment.text(3),
                value=segment.text(4),
            )
        )

    def end_transaction(self, segment: Segment) -> None:
        """IK5: what became of the transaction."""
        if self._transaction is None:
            self._problem(segment, "IK5", "an outcome", "a transaction (AK2) before it")
            return
        self._end_fault()
        outcome = segment.text(1)
        transaction, self._transaction = self._transaction, None
        faults, self._faults = tuple(self._faults), []
        if outcome not in _OUTCOMES:
            self._problem(segment, "IK501", "no outcome", "A, E, M, R, W or X")
            return
        codes = tuple(code for code in map(segment.text, range(2, 7)) if code)
        self._transactions.append(TransactionAnswer(**transaction, outcome=outcome, codes=codes, faults=faults))

    def outcome(self, segment: Segment) -> None:
        """AK9: what became of the group."""
        self._end_transaction(segment)
        header, self._header = self._header, None
        answered, self._transactions = tuple(self._transactions), []
        if header is None:
            self._problem(segment, "AK9", "an outcome", "a group (AK1) before it")
        elif not header["control_number"]:
            self._problem(segment, "AK102", "nothing", "the control number of a group")
        elif segment.text(1) not in _OUTCOMES:
            self._problem(segment, "AK901", "no outcome", "A, E, M, P, R, W or X")
        else:
            included, received, accepted = (_count(segment.text(place)) for place in (2, 3, 4))
            self.groups.append(
                GroupAnswer(
                    **header,
                    outcome=segment.text(1),
                    codes=tuple(code for code in map(segment.text, range(5, 10)) if code),
                    included=included,
                    received=received,
                    accepted=accepted,
                    answered_on=self.answered_on,
                    transactions=answered,
                )
            )

    def end_group(self, segment: Segment) -> None:
        """Another group begins, or the transaction ends: one without an outcome is left out."""
        self._end_transaction(segment)
        if self._header is not None:
            self._problem(segment, "AK9", "a group without its outcome", "AK9 before it")
        self._header, self._transactions = None, []

    def _end_transaction(self, segment: Segment) -> None:
        self._end_fault()
        if self._transaction is not None:
            self._problem(segment, "IK5", "a transaction without its outcome", "IK5 before it")
        self._transaction, self._faults = None, []

    def _end_fault(self) -> None:
        fault, self._fault = self._fault, None
        if fault is not None:
            self._faults.append(SegmentFault(**{**fault, "elements": tuple(fault["elements"])}))

    def _problem(self, segment: Segment, element: str, found: str, expected: str) -> None:
        self.problems.append(Problem(segment.number, "", element, found, expected))


def _count(text: str) -> int | None:
    """A count of up to six digits; `None` for anything else."""
    return int(text) if 0 < len(text) <= _LONGEST_COUNT and text.isascii() and text.isdigit() else None


_READERS = {
    "AK1": _Reading.begin_group,
    "AK2": _Reading.begin_transaction,
    "IK3": _Reading.begin_fault,
    "CTX": _Reading.context,
    "IK4": _Reading.element,
    "IK5": _Reading.end_transaction,
    "AK9": _Reading.outcome,
}
