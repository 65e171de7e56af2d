"""Sums, counts and flags of groups that are known by row number: whole columns, without grouping rows.

Rows of a group mostly follow each other, for tables are laid out claim by claim; then a sum is one pass over the runs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from cleanclaim.facts.kit import Fold
from cleanclaim.pricing.exact import Flags, Integers, Known, as_column, as_flags, flags, integers


def is_foldable(fold: Fold, value: pl.Series) -> bool:
    """Whether a column has the type that the fold is made for; another is left to a query."""
    return value.dtype == (pl.Int64 if fold.how == "total" else pl.Boolean)


@dataclass(frozen=True, slots=True)
class Groups:
    """The rows that belong to somebody, and the number of their group."""

    rows: Flags | None
    """Nothing where all rows do."""
    number: Integers
    count: int
    runs: Integers | None
    """Where each run of rows of one group begins, if no group has two runs."""

    @classmethod
    def of(cls, key: Known, count: int) -> Groups:
        """Take the group of each row, of so many; a row of unknown group belongs to nobody."""
        number = key.values if key.known.all() else key.values[key.known]
        steps = np.diff(number)
        runs = np.flatnonzero(np.concatenate([[True], steps > 0])) if len(number) and (steps >= 0).all() else None
        return cls(None if len(number) == len(key.values) else key.known, number, count, runs)

    def folded(self, fold: Fold, value: pl.Series, shown: Flags | None) -> pl.Series:
        """The value of each group, that of no rows where it has none; unknown where it is not `shown`."""
        if self.rows is not None:
            value = value.filter(pl.Series(self.rows))
        if fold.how == "total":
            return self._total(value, shown)
        truth = flags(value)
        decides, unknown = (truth.yes if fold.how == "any" else truth.no), ~(truth.yes | truth.no)
        decided = self._met(decides)
        open_ = ~decided & self._met(unknown)
        yes, no = (decided, ~(decided | open_)) if fold.how == "any" else (~(decided | open_), decided)
        if shown is not None:
            yes, no = yes & shown, no & shown
        return as_flags(yes, no).alias(value.name)

    def _total(self, value: pl.Series, shown: Flags | None) -> pl.Series:
        amounts = integers(value)
        summed = np.zeros(self.count, np.int64)
        if self.runs is None:
            np.add.at(summed, self.number, amounts.values)
        else:
            summed[self.number[self.runs]] = np.add.reduceat(amounts.values, self.runs)
        known = ~self._met(~amounts.known)
        known = known if shown is None else known & shown
        return as_column(value.name, np.where(known, summed, 0), known)

    def _met(self, flagged: Flags) -> Flags:
        """Groups with a row that is flagged."""
        found = np.zeros(self.count, np.bool_)
        found[self.number[flagged]] = True
        return found
