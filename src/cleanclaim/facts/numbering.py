"""A column's values as numbers from 0, alike where the values are: what kinds of rows are told apart by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from cleanclaim.facts.spread import Flags, Narrow, Places, narrow
from cleanclaim.pricing.exact import Integers, integers
from cleanclaim.pricing.kinds import from_one

MOST_KINDS = 1 << 20
"""Combinations up to which kinds are told apart by one array over all of them."""

_KINDS_PER_ROW = 8
"""A column or combination with more than one kind for so many rows is not worth telling apart."""

_FEW_LISTS, _LONG_LIST = 10_000, 12
"""Up to so many lists, with one of more elements than that, are told apart list by list, not element by element."""

_SAMPLE, _FEWEST_REPEATS = 4_000, 0.1
"""Rows that are looked at first, and the share of repeated values among them below which a column is not numbered."""


@dataclass(frozen=True, slots=True)
class Numbered:
    """A column's values as numbers from 0; a null is a value of its own."""

    numbers: Narrow
    """Of the type that holds them in least memory, once they are `narrow`: too small to calculate with."""
    count: int

    @classmethod
    def alike(cls, rows: int) -> Numbered:
        """So many rows of one value; they take no memory."""
        return cls(np.broadcast_to(np.zeros(1, np.int32), rows), 1)

    def narrow(self) -> Numbered:
        """The same in least memory, for numbers that are kept."""
        if self.count == 1:
            return self.alike(len(self.numbers))
        return Numbered(narrow(self.numbers, self.count), self.count)

    def at(self, rows: npt.NDArray[np.integer]) -> Numbered:
        """The numbers at these rows, which may be any."""
        return self.alike(len(rows)) if self.count == 1 else Numbered(self.numbers[rows], self.count)


def is_worthwhile(kinds: int, rows: int) -> bool:
    """Whether there are so few kinds of so many rows that telling them apart is worth it."""
    return kinds * _KINDS_PER_ROW <= rows


def number(column: pl.Series) -> Numbered | None:
    """Number a column's values; nothing where they are too many."""
    if _is_same(column):
        return Numbered.alike(len(column))
    numbers: Integers | Places | None
    if isinstance(column.dtype, pl.List | pl.String):
        numbers = _numbers(column)
    elif column.dtype != pl.Boolean and _differs_mostly(column):
        return None
    else:
        numbers = _whole_numbers(column)
    found = None if numbers is None else dense(numbers)
    return found if found is not None and is_worthwhile(found.count, len(column)) else None


def few_of(numbers: Narrow) -> Numbered | None:
    """The numbers of a column without gaps; nothing where they are too many."""
    if not len(numbers) or int(numbers.min()) == int(numbers.max()):
        return Numbered.alike(len(numbers))
    if int(numbers.max()) > MOST_KINDS:
        return None
    found = dense(numbers)
    return found if is_worthwhile(found.count, len(numbers)) else None


def _is_same(column: pl.Series) -> bool:
    """Whether all rows are seen at once to be alike: null throughout, or one number or flag."""
    nulls = column.null_count()
    if nulls or isinstance(column.dtype, pl.List | pl.String):
        return nulls == len(column)
    return bool(column.min() == column.max())


def _differs_mostly(column: pl.Series) -> bool:
    """Whether hardly a value of a sample comes twice: an amount, or a key."""
    sample = column.gather_every(max(1, len(column) // _SAMPLE))
    return len(sample) - sample.n_unique() < len(sample) * _FEWEST_REPEATS


def _whole_numbers(column: pl.Series) -> Places | None:
    """Numbers, days or flags as numbers from 1, 0 for null; nothing where they lie too far apart."""
    # A cast is made at once; most other methods of a column begin a query.
    whole = column.cast(pl.Int64)
    least, most = whole.min(), whole.max()
    if not isinstance(least, int) or not isinstance(most, int) or most - least > len(column):
        return None
    known = whole.fill_null(least - 1) if whole.null_count() else whole
    found: Places = np.subtract(known.to_numpy(), least - 1).astype(np.int32)
    return found


def few_numbered(column: pl.Series) -> Numbered | None:
    """Number a column of few rows, whatever their values; nothing for numbers that lie too far apart."""
    numbers = _numbers(column)
    return None if numbers is None else dense(numbers)


def met(first: Numbered, second: Numbered) -> Numbered:
    """Rows by two columns' numbers; alike where they are alike in both."""
    if first.count == 1 or second.count == 1:
        return second if first.count == 1 else first
    return dense(first.numbers.astype(np.int64) * second.count + second.numbers)


def _numbers(column: pl.Series) -> Integers | None:
    """Whole numbers that differ where the values differ: 0 for null; nothing where they would be too large."""
    if isinstance(column.dtype, pl.List):
        return _list_numbers(column)
    plain = from_one(column)
    return None if int(plain.max(initial=0)) > MOST_KINDS else plain


def _list_numbers(lists: pl.Series) -> Integers | None:
    """The same for lists: element by element, numbered anew where the numbers grow large."""
    lengths = integers(lists.list.len())
    counts = lengths.values
    numbers = np.where(lengths.known, counts + 1, 0)
    starts = np.cumsum(counts) - counts
    elements = _numbers(lists.explode(empty_as_null=False, keep_nulls=False))
    if elements is None:
        return None
    if len(lists) <= _FEW_LISTS and int(counts.max(initial=0)) > _LONG_LIST:
        return _few_list_numbers(elements, starts, counts, lengths.known)
    base = int(elements.max(initial=0)) + 1
    for place in range(int(counts.max(initial=0))):
        longer = np.flatnonzero(counts > place)
        if int(numbers.max()) * base > len(lists):
            numbers = dense(numbers).numbers.astype(np.int64)
        numbers *= base
        numbers[longer] += elements[starts[longer] + place]
        if int(numbers.max()) > MOST_KINDS:
            return None
    return numbers


def _few_list_numbers(elements: Integers, starts: Integers, counts: Integers, known: Flags) -> Integers:
    """The same for few lists, each at once: one of all codes that a payer does not pay is long."""
    held, size = elements.tobytes(), elements.itemsize
    met: dict[bytes | None, int] = {None: 0}
    numbers = [
        met.setdefault(held[start * size : (start + count) * size] if sure else None, len(met))
        for start, count, sure in zip(starts.tolist(), counts.tolist(), known.tolist(), strict=True)
    ]
    return np.array(numbers, np.int64)


def dense(numbers: npt.NDArray[np.integer]) -> Numbered:
    """Numbers renumbered without gaps, in their order."""
    if not len(numbers):
        return Numbered(np.zeros(0, np.int32), 0)
    places = numbers.astype(np.intp, copy=False)
    met = np.zeros(int(places.max()) + 1, np.bool_)
    met[places] = True
    place = np.cumsum(met, dtype=np.int32) - 1
    return Numbered(place.take(places, mode="clip"), int(place[-1]) + 1)
