"""Exact integer arithmetic over arrays: products that cannot overflow, and one rounding, half away from zero.

All amounts here are nonnegative; unknown cells hold 0 and are told apart by a mask of their own.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from cleanclaim.money import RATE_SCALE

Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

# Up to this height lists of Python are quicker than starting a query engine; both give the same arrays.
_FEW = 200
_FEW_TEXTS = 4
"""Up to so many texts comparing with each is quicker than looking each cell up among them."""

_EPOCH = date(1970, 1, 1).toordinal()
_LIMB = 10**6
_MOST_RATES = 3
_SHARE_SCALE = RATE_SCALE**_MOST_RATES
_MOST_AT_ONCE = 4_000_000
"""Up to this amount in cents `share_of` needs no limbs: twice its product with the rates fits in 64 bits."""
LARGEST_CENTS = 9 * 10**12
"""Up to this amount `share_of` is exact; a charge in a claim is at most 10 digits."""


class Known(NamedTuple):
    """Values with a mask: where `known` is false, the value is 0 and means nothing."""

    values: Integers
    known: Flags

    def take(self, rows: Integers) -> Known:
        """The values at these rows."""
        return Known(self.values[rows], self.known[rows])

    def spread(self, rows: Integers, height: int) -> Known:
        """The values as those of these rows of so many; the others are unknown."""
        values, known = np.zeros(height, np.int64), np.zeros(height, np.bool_)
        values[rows], known[rows] = np.where(self.known, self.values, 0), self.known
        return Known(values, known)


class Tristate(NamedTuple):
    """Flags that may be unknown: `yes` and `no` are never both true."""

    yes: Flags
    no: Flags

    def take(self, rows: Integers) -> Tristate:
        """The flags at these rows."""
        return Tristate(self.yes[rows], self.no[rows])

    def spread(self, rows: Integers, height: int) -> Tristate:
        """The flags as those of these rows of so many; the others are unknown."""
        yes, no = np.zeros(height, np.bool_), np.zeros(height, np.bool_)
        yes[rows], no[rows] = self.yes, self.no
        return Tristate(yes, no)


def integers(column: pl.Series) -> Known:
    """A column of whole numbers or dates (as days since 1970) as an array with its mask."""
    if len(column) <= _FEW and column.dtype in (pl.Int64, pl.Date, pl.Null):
        cells = column.to_list()
        if column.dtype == pl.Date:
            cells = [cell and cell.toordinal() - _EPOCH for cell in cells]
        return Known(
            np.array([cell or 0 for cell in cells], np.int64), np.array([cell is not None for cell in cells], np.bool_)
        )
    # A cast is made at once; other methods of a column begin a query.
    whole = column.cast(pl.Int64)
    nulls = whole.null_count()
    if nulls == 0:
        return Known(whole.to_numpy(), np.ones(len(column), np.bool_))
    if nulls == len(column):
        return Known(np.zeros(len(column), np.int64), np.zeros(len(column), np.bool_))
    return Known(whole.fill_null(0).to_numpy(), whole.is_not_null().to_numpy())


def flags(column: pl.Series) -> Tristate:
    """A column of flags as an array of each certainty."""
    if len(column) <= _FEW:
        cells = column.to_list()
        return Tristate(
            np.array([cell is True for cell in cells], np.bool_), np.array([cell is False for cell in cells], np.bool_)
        )
    typed = column.cast(pl.Boolean)
    nulls = typed.null_count()
    if nulls == len(column):
        return Tristate(np.zeros(len(column), np.bool_), np.zeros(len(column), np.bool_))
    yes: Flags = (typed.fill_null(value=False) if nulls else typed).to_numpy()
    return Tristate(yes, (~typed).fill_null(value=False).to_numpy() if nulls else ~yes)


def is_one_of(column: pl.Series, texts: Collection[str]) -> Flags:
    """Where the column holds one of these texts; false where it is null."""
    if len(column) <= _FEW:
        return np.array([cell in texts for cell in column.to_list()], np.bool_)
    if column.null_count() == len(column):
        return np.zeros(len(column), np.bool_)
    if len(texts) > _FEW_TEXTS:
        return flags(column.is_in(list(texts))).yes
    found = np.zeros(len(column), np.bool_)
    for text in texts:
        found |= flags(column == text).yes
    return found


def places_in(column: pl.Series, texts: Sequence[str]) -> npt.NDArray[np.int8]:
    """The place of each cell's text among these texts; −1 where it is another, or null."""
    if len(column) <= _FEW:
        places = {text: place for place, text in enumerate(texts)}
        return np.array([places.get(cell, -1) for cell in column.to_list()], np.int8)
    found = np.full(len(column), -1, np.int8)
    for place, text in enumerate(texts):
        found[flags(column == text).yes] = place
    return found


def absent(column: pl.Series) -> Flags:
    """Where the column is null."""
    if not column.null_count():
        return np.zeros(len(column), np.bool_)
    found: Flags = column.is_null().to_numpy()
    return found


def has_any(lists: pl.Series, texts: Collection[str]) -> Tristate:
    """Whether each list of texts holds one of these; unknown where the list is null."""
    return TextLists.of(lists).have_any(texts)


@dataclass(frozen=True, slots=True)
class TextLists:
    """A column of lists of texts, of which several things are asked."""

    cells: list[list[str] | None] | None
    """The lists themselves, where they are few."""
    known: Flags
    owner: Integers
    """Whose each element is, where they are many."""
    elements: pl.Series

    @classmethod
    def of(cls, lists: pl.Series) -> TextLists:
        """Read a column once."""
        if len(lists) <= _FEW:
            cells = lists.to_list()
            known = np.array([cell is not None for cell in cells], np.bool_)
            return cls(cells, known, np.zeros(0, np.int64), pl.Series(dtype=pl.String))
        lengths = integers(lists.list.len())
        elements = lists.explode(empty_as_null=False, keep_nulls=False)
        return cls(None, lengths.known, np.repeat(np.arange(len(lists)), lengths.values), elements)

    def have_any(self, texts: Collection[str]) -> Tristate:
        """Whether each list holds one of these; unknown where the list is null."""
        if self.cells is not None:
            held = [cell is not None and any(text in texts for text in cell) for cell in self.cells]
            yes = np.array(held, np.bool_)
        else:
            yes = np.zeros(len(self.known), np.bool_)
            yes[self.owner[np.flatnonzero(is_one_of(self.elements, texts))]] = True
        return Tristate(yes, self.known & ~yes)


def as_column(name: str, values: npt.NDArray[Any], known: Flags) -> pl.Series:
    """An array as a column, null where it is not known."""
    if len(values) <= _FEW:
        cells = [value if sure else None for value, sure in zip(values.tolist(), known.tolist(), strict=True)]
        return pl.Series(name, cells, dtype=pl.Int64)
    if known.all():
        return pl.Series(name, values)
    return pl.Series(name, values).set(pl.Series(~known), None)


def as_flags(yes: Flags, no: Flags) -> pl.Series:
    """Two certainties as a column of flags, null where neither is."""
    if len(yes) <= _FEW:
        both = zip(yes.tolist(), no.tolist(), strict=True)
        return pl.Series([True if one else False if other else None for one, other in both], dtype=pl.Boolean)
    return pl.Series(yes).set(pl.Series(~(yes | no)), None)


def as_texts(name: str, places: npt.NDArray[np.int8], words: Sequence[str]) -> pl.Series:
    """Places among words as a column of the words."""
    if len(places) <= _FEW:
        return pl.Series(name, [words[place] for place in places.tolist()], dtype=pl.String)
    # Picking by a column of this type is made at once; `gather` begins a query.
    found: pl.Series = pl.Series(name, words, dtype=pl.String)[pl.Series(places.astype(np.uint32))]
    return found


def shared(groups: Integers, flagged: Flags) -> Flags:
    """Rows of a group, a number from 0, of which some row is flagged."""
    found = np.zeros(int(groups.max(initial=-1)) + 1, np.bool_)
    found[groups[flagged]] = True
    return found[groups]


def run_begins(groups: Integers) -> Integers:
    """The row with which the group of each row begins, where the rows of a group follow each other."""
    begins = np.ones(len(groups), np.bool_)
    begins[1:] = groups[1:] != groups[:-1]
    found: Integers = np.maximum.accumulate(np.where(begins, np.arange(len(groups)), 0))
    return found


def divide(numerator: Integers, denominator: int) -> Integers:
    """Divide nonnegative integers and round half up, which is away from zero."""
    return (2 * numerator + denominator) // (2 * denominator)


def split(values: Integers, size: int) -> tuple[Integers, Integers]:
    """How many times the size fits into each value, and what is left."""
    # Quicker than `divmod`, which divides element by element.
    whole = values // size
    return whole, values - whole * size


def years(days: Integers) -> Integers:
    """The calendar years of days since 1970, counted from 1970."""
    return days.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64)


def share_of(cents: Integers, *rates: Integers) -> Integers:
    """Cents times up to three rates at 10⁻⁴, none above one, multiplied exactly and rounded once.

    The amount is cut in two limbs, so that the product of each with the rates (at most 10¹² together) stays in
    64 bits for amounts up to `LARGEST_CENTS`.
    """
    product = np.full(len(cents), RATE_SCALE ** (_MOST_RATES - len(rates)), np.int64)
    for rate in rates:
        product = product * rate
    if int(cents.max(initial=0)) <= _MOST_AT_ONCE:
        return divide(cents * product, _SHARE_SCALE)
    high, low = split(cents, _LIMB)
    whole, rest = split(high * product, _LIMB)
    return whole + divide(rest * _LIMB + low * product, _SHARE_SCALE)
