"""Which rows are alike in some columns, so that what follows from these is worked out once for each kind of row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from cleanclaim.pricing.distinct import distinct
from cleanclaim.pricing.exact import Integers, Known, integers

_MOST = 1 << 20
"""Numbers below this are made dense by an array over all of them, larger ones by sorting."""
_ROOM = 1 << 62
"""Numbers stay below this, so that one more column cannot overflow."""


@dataclass(frozen=True, slots=True)
class Kinds:
    """The first row of each kind, and the kind of each row."""

    rows: Integers
    of_row: Integers

    @classmethod
    def by(cls, columns: Sequence[npt.NDArray[np.integer[Any]]]) -> Kinds:
        """Tell rows apart by columns of numbers from 0; there is at least one column and one row."""
        key, count = columns[0].astype(np.int64), int(columns[0].max()) + 1
        for column in columns[1:]:
            size = int(column.max()) + 1
            if count <= _MOST < count * size or count * size > _ROOM:
                found = _dense(key, count)
                key, count = found.of_row, len(found.rows)
            key = key * size + column
            count *= size
        return _dense(key, count)


def numbers(column: pl.Series) -> Known:
    """A column's values as numbers from 0, alike where the values are; in order for numbers and days."""
    return integers(_placed(column, 0))


def from_one(column: pl.Series) -> Integers:
    """The same from 1, and 0 for null."""
    placed = _placed(column, 1)
    return (placed.fill_null(0) if placed.null_count() else placed).to_numpy()


def _placed(column: pl.Series, first: int) -> pl.Series:
    """A column's values as whole numbers from `first`; null stays null."""
    if column.dtype == pl.String:
        if not column.null_count() and len(column) and column[0] == column[-1] and bool((column == column[0]).all()):
            return pl.Series([first], dtype=pl.Int64).new_from_index(0, len(column))
        # Categories of its own: those that all columns share are kept as long as the process lives.
        column = column.cast(pl.Categorical(pl.Categories.random())).to_physical()
    # A cast is made at once; most other methods of a column begin a query.
    whole = column.cast(pl.Int64)
    least = whole.min()
    return whole - (least - first) if isinstance(least, int) and least != first else whole


def _dense(key: Integers, count: int) -> Kinds:
    """The kinds of rows by numbers below `count`."""
    if count > _MOST:
        each = distinct(key)
        return Kinds(each.first, each.of_row)
    first = np.full(count, -1)
    # Of several values for one place the last is kept.
    first[key[::-1]] = np.arange(len(key))[::-1]
    met = np.flatnonzero(first >= 0)
    place = np.empty(count, np.int64)
    place[met] = np.arange(len(met))
    return Kinds(first[met], place[key])
