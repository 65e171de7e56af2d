"""What the envelopes of a file promise, held against what is in them: order, counts, and numbers that come back.

Every reader of whole files asks this as it goes from envelope to envelope; what a transaction holds it need not know.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from cleanclaim.x12.problems import Problem

Said = Callable[[int], str]
"""The text of an element of a segment, by its place from 1; "" where the segment has none."""
_GROUP_NUMBER, _INTERCHANGE_NUMBER = 6, 13
_LONGEST_COUNT = 10


@dataclass(slots=True)
class EnvelopeCounts:
    """The envelopes that are open, each by its number, and how many the outer ones hold so far.

    Segments are named by their number in the file. `None` stands for an envelope that is not open.

    Attributes:
        interchange: ISA13 of the open interchange.
        group: GS06 of the open group.
        transaction: ST02 of the open transaction; "" where its header is lost.
        groups: groups in the interchange so far.
        transactions: transactions in the group so far.
        problems: what did not hold, in the order of the file.
    """

    interchange: str | None = None
    group: str | None = None
    transaction: str | None = None
    groups: int = 0
    transactions: int = 0
    problems: list[Problem] = field(default_factory=list)

    def interchange_begins(self, at: int, said: Said) -> None:
        """An ISA; what is open before it was cut short."""
        self.over(at - 1)
        self.interchange, self.groups, self.transactions = said(_INTERCHANGE_NUMBER), 0, 0

    def group_begins(self, at: int, said: Said) -> None:
        """A GS."""
        self._transaction_cut(at)
        if self.interchange is None:
            self._tell(at, "GS", "a group outside any interchange", "ISA before it")
        if self.group is not None:
            self._tell(at, "GS", "a group within a group", "GE before it")
        self.group, self.transactions = said(_GROUP_NUMBER), 0
        self.groups += 1

    def transaction_begins(self, at: int, said: Said) -> None:
        """An ST."""
        self._transaction_cut(at)
        if self.group is None:
            self._tell(at, "ST", "a transaction outside any group", "GS before it")
        self.transaction = said(2)
        self.transactions += 1

    def transaction_found(self, at: int) -> None:
        """A segment that shows that a transaction has begun, whose header is lost."""
        self._tell(at, "ST", "a transaction without its header", "ST before it")
        self.transaction = ""
        self.transactions += 1

    def transaction_ends(self, at: int, said: Said, segments: int) -> None:
        """The SE of the open transaction, of so many segments, itself and the header included."""
        self._count(at, "SE", said, segments, "segments")
        self._same(at, "SE", said, self.transaction or "", "ST02")
        self.transaction = None

    def group_ends(self, at: int, said: Said) -> None:
        """A GE."""
        self._transaction_cut(at)
        if self.group is None:
            self._tell(at, "GE", "a trailer without its group", "GS before it")
            return
        self._count(at, "GE", said, self.transactions, "transactions")
        self._same(at, "GE", said, self.group, "GS06")
        self.group = None

    def interchange_ends(self, at: int, said: Said) -> None:
        """An IEA."""
        self._transaction_cut(at)
        if self.group is not None:
            self._tell(at, "GE", "a group without its trailer", "GE before IEA")
            self.group = None
        if self.interchange is None:
            self._tell(at, "IEA", "a trailer without its interchange", "ISA before it")
            return
        self._count(at, "IEA", said, self.groups, "groups")
        self._same(at, "IEA", said, self.interchange, "ISA13")
        self.interchange = None

    def over(self, at: int) -> None:
        """Nothing follows of the interchange after this segment: what is open was cut short."""
        self._transaction_cut(at)
        if self.group is not None:
            self._tell(at, "GE", "a group without its trailer", "GE")
        if self.interchange is not None:
            self._tell(at, "IEA", "an interchange without its trailer", "IEA")
        self.interchange = self.group = None

    def _transaction_cut(self, at: int) -> None:
        if self.transaction is not None:
            self._tell(at, "SE", "a transaction without its trailer", "SE")
            self.transaction = None

    def _count(self, at: int, name: str, said: Said, held: int, what: str) -> None:
        text = said(1)
        # An interchange of acknowledgments alone says that it holds no group.
        if (text.lstrip("0") or text[:1]) != str(held):
            shown = text if text.isascii() and text.isdigit() and len(text) <= _LONGEST_COUNT else "no number"
            self._tell(at, f"{name}01", shown, f"{held} {what}")

    def _same(self, at: int, name: str, said: Said, number: str, other: str) -> None:
        if said(2) != number:
            self._tell(at, f"{name}02", "another control number", f"the one in {other}")

    def _tell(self, at: int, element: str, found: str, expected: str) -> None:
        self.problems.append(Problem(at, "", element, found, expected))
