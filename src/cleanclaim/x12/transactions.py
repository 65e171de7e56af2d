"""The transactions of a file, and the counts and control numbers that its envelopes promise.

Groups and transactions are found by their header and trailer segments; what is missing or does not agree is a
problem, and what can be read is read.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from cleanclaim.x12.interchange import Interchange, Segment, X12File, read
from cleanclaim.x12.problems import Problem


@dataclass(slots=True)
class TransactionSet:
    """One transaction from its header (ST) through its trailer (SE), with the group it stands in.

    `segments` includes header and trailer where they are there.
    """

    interchange: Interchange
    group: Segment | None
    segments: list[Segment] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """What is transacted: `837` claims, `835` payments, …; "" when the header is lost."""
        return self._header(1)

    @property
    def control_number(self) -> str:
        """The number sender and receiver know it by; "" when the header is lost."""
        return self._header(2)

    @property
    def version(self) -> str:
        """The implementation guide, as the transaction or else its group says; "" when neither does."""
        return self._header(3) or ("" if self.group is None else self.group.text(8))

    @property
    def group_control_number(self) -> str:
        """The control number of the group; "" when its header is lost."""
        return "" if self.group is None else self.group.text(6)

    def _header(self, position: int) -> str:
        first = self.segments[0] if self.segments else None
        return first.text(position) if first is not None and first.id == "ST" else ""


def transactions(file: X12File) -> tuple[list[TransactionSet], list[Problem]]:
    """All transactions of a file in order, and what is wrong with its envelopes."""
    found: list[TransactionSet] = []
    problems: list[Problem] = []
    for interchange in file.interchanges:
        splitter = _Splitter(interchange)
        for segment in interchange.segments[1:]:
            splitter.take(segment)
        splitter.finish()
        found.extend(splitter.found)
        problems.extend(splitter.problems)
    return found, problems


def sets_of(data: bytes, kind: str) -> tuple[list[TransactionSet], list[Problem]]:
    """The transactions of one kind (`271`, `277`, …) in a file, and what is wrong with the file and its envelopes."""
    file = read(data)
    sets, problems = transactions(file)
    return [item for item in sets if item.kind == kind], [*file.problems, *problems]


@dataclass(slots=True)
class _Splitter:
    """Goes through one interchange, segment by segment."""

    interchange: Interchange
    found: list[TransactionSet] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    group: Segment | None = None
    current: TransactionSet | None = None
    groups: int = 0
    in_group: int = 0
    is_closed: bool = False

    def take(self, segment: Segment) -> None:
        """The next segment."""
        name = segment.id
        if self.is_closed:
            self._problem(segment, name, "a segment after the interchange's trailer", "a further ISA or the end")
        elif name == "GS":
            self._end_transaction(segment)
            if self.group is not None:
                self._problem(segment, "GS", "a group within a group", "GE before it")
            self.group, self.in_group = segment, 0
            self.groups += 1
        elif name == "GE":
            self._close_group(segment)
        elif name == "IEA":
            self._close_interchange(segment)
        elif name == "ST":
            self._end_transaction(segment)
            if self.group is None:
                self._problem(segment, "ST", "a transaction outside any group", "GS before it")
            self._begin(segment)
        elif self.current is not None:
            self.current.segments.append(segment)
            if name == "SE":
                self._close_transaction(segment, self.current)
        elif name == "TA1":
            return
        elif name in {"BHT", "BPR", "HL", "CLM"}:
            # The header is lost; what follows is still read.
            self._problem(segment, "ST", "a transaction without its header", "ST before it")
            self._begin(segment)
        else:
            self._problem(segment, name or "segment", "a segment outside any transaction", "ST before it")

    def finish(self) -> None:
        """The interchange is over."""
        last = self.interchange.segments[-1]
        self._end_transaction(last)
        if self.group is not None:
            self._problem(last, "GE", "a group without its trailer", "GE")
        if not self.is_closed:
            self._problem(last, "IEA", "an interchange without its trailer", "IEA")

    def _begin(self, segment: Segment) -> None:
        self.current = TransactionSet(self.interchange, self.group, [segment])
        self.found.append(self.current)
        self.in_group += 1

    def _end_transaction(self, segment: Segment) -> None:
        if self.current is not None:
            self._problem(segment, "SE", "a transaction without its trailer", "SE")
            self.current = None

    def _close_transaction(self, segment: Segment, transaction: TransactionSet) -> None:
        self.current = None
        self._count(segment, 1, len(transaction.segments), "segments")
        self._same(segment, 2, transaction.control_number, "ST02")

    def _close_group(self, segment: Segment) -> None:
        self._end_transaction(segment)
        if self.group is None:
            self._problem(segment, "GE", "a trailer without its group", "GS before it")
            return
        self._count(segment, 1, self.in_group, "transactions")
        self._same(segment, 2, self.group.text(6), "GS06")
        self.group = None

    def _close_interchange(self, segment: Segment) -> None:
        self._end_transaction(segment)
        if self.group is not None:
            self._problem(segment, "GE", "a group without its trailer", "GE before IEA")
            self.group = None
        self._count(segment, 1, self.groups, "groups")
        self._same(segment, 2, self.interchange.control_number, "ISA13")
        self.is_closed = True

    def _count(self, segment: Segment, position: int, actual: int, what: str) -> None:
        said = segment.text(position)
        # An interchange of acknowledgments alone says that it holds no group.
        if (said.lstrip("0") or said[:1]) != str(actual):
            shown = said if said.isascii() and said.isdigit() else "no number"
            self._problem(segment, f"{segment.id}{position:02d}", shown, f"{actual} {what}")

    def _same(self, segment: Segment, position: int, number: str, other: str) -> None:
        if segment.text(position) != number:
            element = f"{segment.id}{position:02d}"
            self._problem(segment, element, "another control number", f"the one in {other}")

    def _problem(self, segment: Segment, element: str, found: str, expected: str) -> None:
        self.problems.append(Problem(segment.number, "", element, found, expected))
