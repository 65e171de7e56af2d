"""How a column of a tall table is known without being written out: by the kind of row, or by another table's row.

A payer's settings are some dozen values for a few kinds of claims, and a line's patient is that of its claim. Most
columns are asked for kind by kind, so most are never written out for every row.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

Places = npt.NDArray[np.int32]
Narrow = npt.NDArray[np.signedinteger[Any]]
Flags = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.int64]


def narrow(numbers: npt.NDArray[np.integer], count: int) -> Narrow:
    """Numbers below `count` in the type that holds them in least memory: too small to calculate with."""
    least = next(kind for kind in (np.int8, np.int16, np.int32) if count - 1 <= np.iinfo(kind).max)
    return numbers.astype(least, copy=False)


def picked(column: pl.Series, rows: npt.NDArray[np.integer]) -> pl.Series:
    """The values of these rows, whose numbers are known to be right."""
    found: pl.Series = column[as_places(rows)]
    return found


def as_places(rows: npt.NDArray[np.integer]) -> pl.Series:
    """Row numbers as Polars picks by them at once; for any other type it begins a query and checks every number."""
    return pl.Series(rows.astype(np.uint32, copy=False))


@dataclass(frozen=True, eq=False)
class Kinds:
    """The kinds of rows: a row that stands for each, and the kind of every row. Each kind has a row."""

    rows: Places
    of_row: Narrow

    def __post_init__(self) -> None:
        """A tall table has a hundred kinds of kinds, most of them of few: each is kept in least memory."""
        object.__setattr__(self, "of_row", narrow(self.of_row, len(self.rows)))

    @cached_property
    def counts(self) -> Integers:
        """How many rows are of each kind."""
        return np.bincount(self.of_row, minlength=len(self.rows))

    @property
    def is_one(self) -> bool:
        """Whether all rows are of one kind."""
        return len(self.rows) == 1

    def spread(self, answers: pl.Series) -> pl.Series:
        """What holds of each kind, for every row."""
        return answers.new_from_index(0, len(self.of_row)) if self.is_one else picked(answers, self.of_row)


@dataclass(frozen=True, slots=True)
class ByKind:
    """A column by its values for each kind of row, in the order of the kinds."""

    answers: pl.Series
    kinds: Kinds


@dataclass(frozen=True, slots=True)
class ByOwner:
    """A column that is another table's, whose row number stands in a key column, never null."""

    owner: str
    name: str
    key: str


Form = ByKind | ByOwner


@dataclass(frozen=True, slots=True)
class Passed:
    """Kinds of rows of one table, as kinds of the rows of another that belong to them."""

    of_owner: Kinds
    kinds: Kinds
    met: Places | None
    """Which of the owner's kinds are met; nothing where all are."""

    @classmethod
    def on(cls, of_owner: Kinds, key: npt.NDArray[np.integer]) -> Passed:
        """Pass kinds on to rows whose owners' numbers are in `key`."""
        of_row = of_owner.of_row[key]
        row_of = np.full(len(of_owner.rows), -1, np.int32)
        row_of[of_row] = np.arange(len(of_row), dtype=np.int32)
        met = np.flatnonzero(row_of >= 0).astype(np.int32)
        if len(met) == len(row_of):
            return cls(of_owner, Kinds(row_of, of_row), None)
        place = np.empty(len(row_of), np.int32)
        place[met] = np.arange(len(met), dtype=np.int32)
        return cls(of_owner, Kinds(row_of[met], place[of_row]), met)

    def column(self, answers: pl.Series, name: str) -> ByKind:
        """The owner's column on the other table."""
        return ByKind((answers if self.met is None else picked(answers, self.met)).alias(name), self.kinds)
