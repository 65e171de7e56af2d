"""The kinds of a tall table's rows by all columns of few values that were asked for so far.

What a plan reads of a million lines follows from some dozen columns of few values. Told apart once by all of them, a
thousand questions need no kinds of their own: they are put to one row of each kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from weakref import WeakSet

import numpy as np

from cleanclaim.facts.numbering import MOST_KINDS, Numbered, is_worthwhile
from cleanclaim.facts.spread import Kinds, Narrow, told_apart


class Ground:
    """Kinds of rows that only grow finer; `names` are the columns that have one value in each."""

    def __init__(self, kinds: Kinds) -> None:
        """Begin with kinds that tell nothing apart."""
        self.kinds = kinds
        self.names: set[str] = set()
        self.left_out: set[str] = set()
        """Columns that would make too many kinds."""
        # Kinds by which no column is known any more are nobody's question, and their memory is wanted.
        self._coarser = WeakSet((kinds,))

    def holds(self, kinds: Kinds) -> bool:
        """Whether rows of one kind here are of one kind there."""
        return kinds in self._coarser

    def hold(self, kinds: Kinds) -> None:
        """Remember that rows of one kind here are of one kind there."""
        self._coarser.add(kinds)

    def coarsened(self, numbered: Numbered) -> Kinds:
        """Kinds of rows that differ in these numbers, which each kind here has one of."""
        rows, of_kind = told_apart(numbered.numbers, numbered.count)
        found = Kinds(self.kinds.rows[rows], of_kind[self.kinds.of_row])
        self.hold(found)
        return found

    def refine(self, parts: Sequence[tuple[Iterable[str], Numbered, Kinds | None]]) -> None:
        """Tell rows apart by more columns as well: their names, their numbers by row, and their kinds if they have any.

        Columns that would make too many kinds are left out.
        """
        first = parts[0][2]
        if self.kinds.is_one and len(parts) == 1 and first is not None:
            found: Kinds | None = first
        else:
            found = refined(self.kinds, [numbered for _, numbered, _ in parts])
        if found is None:
            if len(parts) > 1:
                for part in sorted(parts, key=lambda part: part[1].count):
                    self.refine([part])
            else:
                self.left_out.update(parts[0][0])
            return
        self.kinds = found
        self.hold(found)
        for names, _, kinds in parts:
            self.names.update(names)
            if kinds is not None:
                self.hold(kinds)


def refined(kinds: Kinds, parts: Sequence[Numbered]) -> Kinds | None:
    """The kinds of rows that differ in these kinds or numbers; nothing where they are too many."""
    height = len(kinds.of_row)
    numbers: Narrow = kinds.of_row
    count = len(kinds.rows)
    for part in parts:
        if count * part.count > MOST_KINDS:
            rows, numbers = told_apart(numbers, count)
            count = len(rows)
            if count * part.count > MOST_KINDS:
                return None
        numbers = numbers * np.int32(part.count) + part.numbers
        count *= part.count
    rows, of_row = told_apart(numbers, count)
    return Kinds(rows, of_row) if is_worthwhile(len(rows), height) else None
