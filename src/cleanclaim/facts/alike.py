"""Which rows of a tall table are alike in some columns, so that a question is put once to each kind of row.

A million billed lines have a few hundred lists of modifiers and a few dozen payers, while a question about a list or
a text costs some 100 nanoseconds a row. Columns are numbered once a run, and a column that was read from another
table is numbered there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from cleanclaim.facts import keys
from cleanclaim.pricing.exact import Integers

Places = npt.NDArray[np.int32]

FEW_ROWS = 20_000
"""Up to this height a table is asked directly."""

_MOST_KINDS = 1 << 22
"""Combinations up to which kinds are told apart by one array over all of them."""

_KINDS_PER_ROW = 8
"""A column or combination with more than one kind for so many rows is not worth telling apart."""

Source = tuple[str, str, str]
"""Where a column was read: (table, name there, key column of this table, whose values are row numbers there)."""


@dataclass(frozen=True, slots=True)
class Kinds:
    """The kinds of rows: a row that stands for each, and the kind of every row."""

    rows: Places
    of_row: Places


@dataclass(frozen=True, slots=True)
class _Numbered:
    """A column's values as numbers from 0; a null is a value of its own."""

    numbers: Places
    count: int


class Alike:
    """The numbered columns of the frames of one run."""

    def __init__(self, frames: Mapping[str, pl.DataFrame], sources: Mapping[tuple[str, str], Source]) -> None:
        """Nothing is numbered yet; the frames may grow by columns, never by rows."""
        self._frames = frames
        self._sources = sources
        self._numbered: dict[tuple[str, str], _Numbered | None] = {}
        self._by_kind: dict[tuple[str, str], tuple[pl.Series, Kinds]] = {}

    def spread(self, table: str, answers: Iterable[pl.Series], kinds: Kinds) -> list[pl.Series]:
        """What holds of each kind of row, for every row; `answers` has a value for each kind, in their order."""
        spread = []
        for answer in answers:
            self._by_kind[(table, answer.name)] = (answer, kinds)
            spread.append(answer.gather(kinds.of_row))
        return spread

    def rows(self, table: str, names: Iterable[str], kinds: Kinds) -> pl.DataFrame:
        """These columns of the row that stands for each kind."""
        frame = self._frames[table]
        return pl.DataFrame([frame.get_column(name).gather(kinds.rows) for name in names])

    def kinds(self, table: str, names: Sequence[str]) -> Kinds | None:
        """The kinds of rows by these columns; nothing where asking every row is as well."""
        height = self._frames[table].height
        if not height or height <= FEW_ROWS or not names:
            return None
        numbers, count = np.zeros(height, np.int32), 1
        for name in names:
            one = self._of(table, name)
            if one is None or count * one.count > _MOST_KINDS:
                return None
            numbers = one.numbers if count == 1 else numbers * np.int32(one.count) + one.numbers
            count *= one.count
        row_of = np.full(count, -1, np.int32)
        row_of[numbers] = np.arange(height, dtype=np.int32)
        met = np.flatnonzero(row_of >= 0)
        if len(met) * _KINDS_PER_ROW > height:
            return None
        kind_of = np.empty(count, np.int32)
        kind_of[met] = np.arange(len(met), dtype=np.int32)
        return Kinds(row_of[met], kind_of[numbers])

    def _of(self, table: str, name: str) -> _Numbered | None:
        cell = (table, name)
        if cell not in self._numbered:
            self._numbered[cell] = self._number(table, name)
        return self._numbered[cell]

    def _number(self, table: str, name: str) -> _Numbered | None:
        if (table, name) in self._by_kind:
            answer, kinds = self._by_kind[(table, name)]
            few = _numbers(answer)
            if few is None:
                return None
            found = _dense(few)
            return _Numbered(found.numbers[kinds.of_row], found.count)
        source = self._sources.get((table, name))
        if source is None:
            return number(self._frames[table].get_column(name))
        owner, plain, key = source
        rows = self._frames[table].get_column(key)
        above = self._of(owner, plain)
        if above is None or rows.null_count():
            return None
        return _Numbered(above.numbers[rows.to_numpy()], above.count)


def read_by(expression: pl.Expr, schema: Mapping[str, pl.DataType]) -> tuple[str, ...]:
    """The frame's columns that an expression reads, sorted; an element of a list is none of them."""
    return tuple(sorted({name for name in expression.meta.root_names() if name in schema}))


def is_dear(dtype: pl.DataType) -> bool:
    """Whether a question about a column of this type costs more than telling its kinds apart."""
    return isinstance(dtype, pl.String | pl.List)


def number(column: pl.Series) -> _Numbered | None:
    """Number a column's values; nothing where they are too many."""
    if column.null_count() == len(column):
        return _Numbered(np.zeros(len(column), np.int32), 1)
    numbers = _numbers(column)
    found = None if numbers is None else _dense(numbers)
    return None if found is None or found.count * _KINDS_PER_ROW > len(column) else found


def _numbers(column: pl.Series) -> Integers | None:
    """Whole numbers that differ where the values differ: 0 for null; nothing where they would be too large."""
    if isinstance(column.dtype, pl.List):
        return _list_numbers(column)
    plain = keys.numbers(column)
    if int(plain.values.max(initial=0)) > _MOST_KINDS:
        return None
    return np.where(plain.known, plain.values + 1, 0)


def _list_numbers(lists: pl.Series) -> Integers | None:
    """The same for lists: element by element, numbered anew after each."""
    lengths = lists.list.len().cast(pl.Int64).fill_null(-1).to_numpy()
    numbers = lengths + 1
    counts = np.maximum(lengths, 0)
    starts = np.cumsum(counts) - counts
    elements = _numbers(lists.filter(pl.Series(counts > 0)).explode())
    if elements is None:
        return None
    base = int(elements.max(initial=0)) + 1
    for place in range(int(counts.max(initial=0))):
        longer = np.flatnonzero(counts > place)
        numbers = numbers * base
        numbers[longer] += elements[starts[longer] + place]
        if int(numbers.max()) > _MOST_KINDS:
            return None
        numbers = _dense(numbers).numbers.astype(np.int64)
    return numbers


def _dense(numbers: Integers) -> _Numbered:
    """Numbers renumbered without gaps, in their order."""
    met = np.zeros(int(numbers.max()) + 1, np.bool_)
    met[numbers] = True
    place = np.cumsum(met, dtype=np.int32) - 1
    return _Numbered(place[numbers], int(place[-1]) + 1)
