"""Which transaction each segment belongs to, over any number of interchanges, groups and transactions.

A transaction goes from its header (ST) through its trailer (SE). Where the header is lost, a segment that can only
stand near the beginning shows that one has begun; what stands outside any transaction is left out and said.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np

from cleanclaim.x12.columnar.tokens import Offsets, Tokens, tag
from cleanclaim.x12.envelope_counts import EnvelopeCounts, Said
from cleanclaim.x12.interchange import Segment
from cleanclaim.x12.problems import Problem

_BEGINNERS = ("BHT", "BPR", "HL", "CLM")
_EVENTS = ("ISA", "GS", "ST", "SE", "GE", "IEA", "TA1")


@dataclass(frozen=True, slots=True)
class Header:
    """What a transaction's header, its group's and its interchange's say: "" where one is lost."""

    kind: str = ""
    number: str = ""
    version: str = ""
    group_number: str = ""
    group_version: str = ""
    group_kind: str = ""
    interchange_number: str = ""
    usage: str = ""
    sender: str = ""
    receiver: str = ""
    group_date: str = ""

    @property
    def guide(self) -> str:
        """The implementation guide, as the transaction or else its group says."""
        return self.version or self.group_version


@dataclass(frozen=True, slots=True)
class Span:
    """The segments of one transaction in a stretch of segments: from `begin` up to `end`.

    `is_continued`: it began before the stretch. `is_complete`: its trailer is there. `before` is how many of its
    segments stood before the stretch, `promised` how many its trailer says there are in all (-1: no number).
    """

    header: Header
    begin: int
    end: int
    is_continued: bool = False
    is_complete: bool = False
    before: int = 0
    promised: int = -1


@dataclass(frozen=True, slots=True)
class EnvelopeState:
    """The envelopes that are open after a stretch of segments, for the next one."""

    header: Header = Header()
    in_transaction: bool = False
    is_closed: bool = False
    """The interchange's trailer has been met: what follows belongs to none."""
    is_stray: bool = False
    """The last segment is one of a run that belongs to no transaction, of which one line tells."""
    before: int = 0
    """Segments of the open transaction so far."""
    counts: EnvelopeCounts = field(default_factory=EnvelopeCounts)
    """What is open, and how much it holds; without the problems of the stretches before."""

    def at_end(self, last: int) -> list[Problem]:
        """What is wrong where the file ends after segment `last`: envelopes that are still open."""
        counts = replace(self.counts, problems=[])
        counts.over(last)
        return counts.problems


class Envelopes(NamedTuple):
    """The transactions in some segments, what is open after them, and what is wrong with the envelopes around them.

    `interchanges` says from which segment of the file on which control number (ISA13) holds, "" where none does.
    """

    spans: list[Span]
    state: EnvelopeState
    problems: list[Problem]
    interchanges: list[tuple[int, str]]


def envelopes(tokens: Tokens, state: EnvelopeState, first: int) -> Envelopes:
    """The envelopes in these segments; segment 0 is number `first` of the file.

    The walk goes from envelope to envelope, of which there are few, never from segment to segment.
    """
    walk = _Walk(tokens, state, first)
    for row in _segments_named(tokens, _EVENTS).tolist():
        walk.meet(row)
    walk.leave_off()
    return Envelopes(walk.found, walk.state, walk.problems, walk.interchanges)


def _segments_named(tokens: Tokens, names: tuple[str, ...]) -> Offsets:
    found = tokens.tags == tag(names[0])
    for name in names[1:]:
        found |= tokens.tags == tag(name)
    return np.flatnonzero(found)


class _Walk:
    """Goes through the envelopes of a stretch."""

    def __init__(self, tokens: Tokens, state: EnvelopeState, first: int) -> None:
        self.tokens = tokens
        self.first = first
        self.found: list[Span] = []
        self.problems: list[Problem] = []
        self.counts = replace(state.counts, problems=self.problems)
        self.header = state.header
        self.is_closed = state.is_closed
        self.before = state.before
        self.open_at: int | None = 0 if state.in_transaction else None
        self.is_continued = state.in_transaction
        self.passed = 0
        self.beginners: Offsets = _segments_named(tokens, _BEGINNERS)
        self.state = state
        # What is told of the segment before the first is of the interchange before.
        self.interchanges = [(0, state.header.interchange_number)]

    def meet(self, row: int) -> None:
        """The next envelope segment."""
        name = int(self.tokens.tags[row])
        self._between(row)
        if name == tag("ST"):
            self._end(row)
            said = self._said(row)
            self.counts.transaction_begins(self.first + row, said)
            self._open(row, replace(self.header, kind=said(1), number=said(2), version=said(3)))
        elif name == tag("SE"):
            if self.open_at is None:
                self._stray(row)
            else:
                said = self._said(row)
                text = said(1)
                promised = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1  # noqa: PLR2004
                held = row + 1 - self.open_at + (self.before if self.is_continued else 0)
                self.counts.transaction_ends(self.first + row, said, held)
                self._end(row + 1, is_complete=True, promised=promised)
        elif name == tag("TA1"):
            if self.open_at is None:
                if self.is_closed:
                    self._stray(row)
                # It stands between envelopes and is read as a transaction of its own.
                header = replace(self.header, kind="TA1", number="", version="")
                self.found.append(Span(header, row, row + 1, is_complete=True))
        else:
            self._end(row)
            self._outer(row, name)
        self.passed = row + 1

    def leave_off(self) -> None:
        """The stretch is over: what is open goes on in the next one."""
        count = len(self.tokens)
        is_stray = self.open_at is None and (self.passed < count or (not count and self.state.is_stray))
        self._between(count)
        is_open = self.open_at is not None
        before = 0
        if self.open_at is not None:
            before = count - self.open_at + (self.before if self.is_continued else 0)
            self._end(count)
        counts = replace(self.counts, problems=[])
        self.state = EnvelopeState(self.header, is_open, self.is_closed, is_stray and not is_open, before, counts)

    def _outer(self, row: int, name: int) -> None:
        said, at = self._said(row), self.first + row
        if name == tag("ISA"):
            self.counts.interchange_begins(at, said)
            self.is_closed = False
            self.header = Header(interchange_number=said(13), usage=said(15), sender=said(6), receiver=said(8))
            self.interchanges.append((at, self.header.interchange_number))
        elif name == tag("GS"):
            self.counts.group_begins(at, said)
            outer = replace(self.header, kind="", number="", version="")
            group = {"group_number": said(6), "group_version": said(8), "group_kind": said(1), "group_date": said(4)}
            self.header = replace(outer, **group)
        elif name == tag("GE"):
            self.counts.group_ends(at, said)
            outer = replace(self.header, kind="", number="", version="", group_number="", group_version="")
            self.header = replace(outer, group_kind="", group_date="")
        else:
            self.counts.interchange_ends(at, said)
            # What follows without a header of its own is nobody's.
            self.is_closed, self.header = True, Header()
            self.interchanges.append((at + 1, ""))

    def _between(self, row: int) -> None:
        """Segments since the last envelope segment, where no transaction is open."""
        if self.open_at is not None or row <= self.passed:
            return
        begun = int(np.searchsorted(self.beginners, self.passed))
        at = int(self.beginners[begun]) if begun < len(self.beginners) else row
        if not self.is_closed and at < row:
            self.counts.transaction_found(self.first + at)
            if at > self.passed:
                self._stray(self.passed, at)
            self._open(at, replace(self.header, kind="", number="", version=""))
        else:
            self._stray(self.passed, row)

    def _stray(self, row: int, end: int | None = None) -> None:
        """One line for a run of segments that belong to nothing."""
        if (end or row + 1) > row and (row > 0 or not self.state.is_stray):
            number = self.first + row
            self.problems.append(Problem(number, "", "segment", "a segment outside any transaction", "ST before it"))

    def _open(self, row: int, header: Header) -> None:
        self.header, self.open_at, self.is_continued, self.before = header, row, False, 0

    def _end(self, row: int, *, is_complete: bool = False, promised: int = -1) -> None:
        if self.open_at is not None:
            before = self.before if self.is_continued else 0
            span = Span(self.header, self.open_at, row, self.is_continued, is_complete, before, promised)
            # Of a transaction whose trailer is lost nothing may be left in this stretch: what follows is not its own.
            if span.end > span.begin:
                self.found.append(span)
            self.open_at, self.is_continued, self.before = None, False, 0

    def _said(self, row: int) -> Said:
        return Segment(0, self.tokens.segment(row).decode("latin-1"), self.tokens.delimiters, "", "").text
