"""The verdicts of the rules of one table: row by row for few rows, by kind of row for many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cleanclaim.facts.spread import Kinds
from cleanclaim.rules.kit import Verdict

Numbers = npt.NDArray[np.int8]
Places = npt.NDArray[np.int64]


class Truths(NamedTuple):
    """What is answered for each kind of row, or, without kinds, for every row."""

    numbers: Numbers
    kinds: Kinds | None

    def by_row(self) -> Numbers:
        """The answer for every row."""
        return self.numbers if self.kinds is None else np.take(self.numbers, self.kinds.of_row)

    def at(self, rows: npt.NDArray[np.integer]) -> Numbers:
        """The answer for these rows."""
        return np.take(self.numbers, rows if self.kinds is None else self.kinds.of_row[rows])


@dataclass(frozen=True, slots=True)
class AnswersByRow:
    """Verdict codes of one table: a row for each rule, a column for each of the table's rows."""

    codes: tuple[str, ...]
    verdicts: Numbers

    def truths(self, code: str) -> Truths:
        """The verdicts of one rule."""
        return Truths(self.verdicts[self.codes.index(code)], None)

    def rows(self, verdict: Verdict) -> dict[str, list[int]]:
        """Rule → rows with that verdict, rules without any left out."""
        found: dict[str, list[int]] = {}
        rules, rows = np.nonzero(np.equal(self.verdicts, int(verdict)))
        for rule, row in zip(rules.tolist(), rows.tolist(), strict=True):
            found.setdefault(self.codes[rule], []).append(row)
        return found


@dataclass(frozen=True, slots=True)
class AnswersByKind:
    """Verdict codes of one table by rule."""

    verdicts: dict[str, Truths]

    @property
    def codes(self) -> tuple[str, ...]:
        """The rules' codes."""
        return tuple(self.verdicts)

    def truths(self, code: str) -> Truths:
        """The verdicts of one rule."""
        return self.verdicts[code]

    def rows(self, verdict: Verdict) -> dict[str, list[int]]:
        """Rule → rows with that verdict, rules without any left out."""
        rows = ((code, rows_with(verdict, truths).tolist()) for code, truths in self.verdicts.items())
        return {code: own for code, own in rows if own}


Answers = AnswersByRow | AnswersByKind


def count_with(verdict: Verdict, truths: Truths) -> int:
    """How many rows have that verdict."""
    # Comparing bytes is several times quicker than sorting them into four heaps.
    found = truths.numbers == int(verdict)
    return int(np.count_nonzero(found) if truths.kinds is None else truths.kinds.counts[found].sum())


def rows_with(verdict: Verdict, truths: Truths) -> Places:
    """The rows that have that verdict."""
    found = truths.numbers == int(verdict)
    if truths.kinds is None:
        return np.flatnonzero(found)
    return np.flatnonzero(found[truths.kinds.of_row]) if found.any() else np.zeros(0, np.int64)
