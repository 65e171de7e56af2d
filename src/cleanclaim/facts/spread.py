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


def told_apart(numbers: Narrow, count: int) -> tuple[Places, Narrow]:
    """A row for each of the numbers below `count` that occurs, and the numbers without gaps."""
    # What rows are looked up by is of this type: made so once, not once for each look.
    places = numbers.astype(np.intp, copy=False)
    row_of = np.full(count, -1, np.int32)
    row_of[places] = np.arange(len(numbers), dtype=np.int32)
    met = np.flatnonzero(row_of >= 0)
    if len(met) == count:
        return row_of, numbers
    place = np.empty(count, np.int32)
    place[met] = np.arange(len(met), dtype=np.int32)
    # No number is beyond; to clip is quicker than to look for one that is.
    of_row: Narrow = narrow(place, len(met)).take(places, mode="clip")
    return row_of[met], of_row


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
    met: Narrow | None
    """Which of the owner's kinds are met; nothing where all are."""

    @classmethod
    def on(cls, of_owner: Kinds, key: npt.NDArray[np.integer]) -> Passed:
        """Pass kinds on to rows whose owners' numbers are in `key`."""
        of_row = of_owner.of_row[key]
        kinds = Kinds(*told_apart(of_row, len(of_owner.rows)))
        return cls(of_owner, kinds, None if len(kinds.rows) == len(of_owner.rows) else of_row[kinds.rows])

    def column(self, answers: pl.Series, name: str) -> ByKind:
        """The owner's column on the other table."""
        return ByKind((answers if self.met is None else picked(answers, self.met)).alias(name), self.kinds)


@dataclass(frozen=True, slots=True)
class Repeated:
    """What a stage answers where rows are answered alike: its columns, once for each answer that some row may have."""

    answers: pl.DataFrame
    of_row: Narrow
    """By row of the table: the place of its answer."""

    def written(self) -> pl.DataFrame:
        """The columns for every row."""
        return self.answers[as_places(self.of_row)]

    def by_kind(self) -> tuple[pl.DataFrame, Kinds]:
        """The answers that rows have, and the kinds of these rows."""
        kinds = Kinds(*told_apart(self.of_row, self.answers.height))
        if len(kinds.rows) == self.answers.height:
            return self.answers, kinds
        return self.answers[as_places(self.of_row[kinds.rows])], kinds
