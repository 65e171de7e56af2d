"""The transactions of a file, and the counts and control numbers that its envelopes promise.

Groups and transactions are found by their header and trailer segments; what is missing or does not agree is a
problem, and what can be read is read.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from cleanclaim.x12.envelope_counts import EnvelopeCounts
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


class _Splitter:
    """Goes through one interchange, segment by segment."""

    def __init__(self, interchange: Interchange) -> None:
        self.interchange = interchange
        self.found: list[TransactionSet] = []
        self.counts = EnvelopeCounts(interchange=interchange.control_number)
        self.group: Segment | None = None
        self.current: TransactionSet | None = None

    @property
    def problems(self) -> list[Problem]:
        """What is wrong with its envelopes, in the order of the file."""
        return self.counts.problems

    def take(self, segment: Segment) -> None:
        """The next segment."""
        name, at, counts = segment.id, segment.number, self.counts
        if counts.interchange is None:
            self._problem(segment, name, "a segment after the interchange's trailer", "a further ISA or the end")
        elif name in {"GS", "GE", "IEA"}:
            {"GS": counts.group_begins, "GE": counts.group_ends, "IEA": counts.interchange_ends}[name](at, segment.text)
            self.current, self.group = None, segment if name == "GS" else None
        elif name == "ST":
            counts.transaction_begins(at, segment.text)
            self._begin(segment)
        elif self.current is not None:
            self.current.segments.append(segment)
            if name == "SE":
                counts.transaction_ends(at, segment.text, len(self.current.segments))
                self.current = None
        elif name == "TA1":
            return
        elif name in {"BHT", "BPR", "HL", "CLM"}:
            # The header is lost; what follows is still read.
            counts.transaction_found(at)
            self._begin(segment)
        else:
            self._problem(segment, name or "segment", "a segment outside any transaction", "ST before it")

    def finish(self) -> None:
        """The interchange is over."""
        self.counts.over(self.interchange.segments[-1].number)

    def _begin(self, segment: Segment) -> None:
        self.current = TransactionSet(self.interchange, self.group, [segment])
        self.found.append(self.current)

    def _problem(self, segment: Segment, element: str, found: str, expected: str) -> None:
        self.problems.append(Problem(segment.number, "", element, found, expected))
