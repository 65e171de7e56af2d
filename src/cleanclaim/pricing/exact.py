"""Exact integer arithmetic over arrays: products that cannot overflow, and one rounding, half away from zero.

All amounts here are nonnegative; unknown cells hold 0 and are told apart by a mask of their own.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

_LIMB = 10**6
_SHARE_SCALE = 10**12
LARGEST_CENTS = 9 * 10**12
"""Up to this amount `share_of` is exact; a charge in a claim is at most 10 digits."""


class Known(NamedTuple):
    """Values with a mask: where `known` is false, the value is 0 and means nothing."""

    values: Integers
    known: Flags

    def take(self, rows: Integers) -> Known:
        """The values at these rows."""
        return Known(self.values[rows], self.known[rows])


class Tristate(NamedTuple):
    """Flags that may be unknown: `yes` and `no` are never both true."""

    yes: Flags
    no: Flags

    def take(self, rows: Integers) -> Tristate:
        """The flags at these rows."""
        return Tristate(self.yes[rows], self.no[rows])


def integers(column: pl.Series) -> Known:
    """A column of whole numbers or dates (as days since 1970) as an array with its mask."""
    physical = column.to_physical().cast(pl.Int64)
    if physical.null_count() == 0:
        return Known(physical.to_numpy(), np.ones(len(column), np.bool_))
    return Known(physical.fill_null(0).to_numpy(), physical.is_not_null().to_numpy())


def flags(column: pl.Series) -> Tristate:
    """A column of flags as an array of each certainty."""
    typed = column.cast(pl.Boolean)
    if typed.null_count() == 0:
        yes = typed.to_numpy()
        return Tristate(yes, ~yes)
    return Tristate(typed.fill_null(value=False).to_numpy(), (~typed).fill_null(value=False).to_numpy())


def is_text(column: pl.Series, text: str) -> Flags:
    """Where the column holds that text; false where it is null."""
    found: Flags = (column == text).fill_null(value=False).to_numpy()
    return found


def as_column(name: str, values: npt.NDArray[Any], known: Flags) -> pl.Series:
    """An array as a column, null where it is not known."""
    column = pl.Series(name, values)
    return column if known.all() else column.scatter(np.flatnonzero(~known), None)


def divide(numerator: Integers, denominator: int) -> Integers:
    """Divide nonnegative integers and round half up, which is away from zero."""
    return (2 * numerator + denominator) // (2 * denominator)


def share_of(cents: Integers, rates: tuple[Integers, ...]) -> Integers:
    """Cents times up to three rates at 10⁻⁴, multiplied exactly and rounded once, half away from zero.

    The amount is cut in two limbs, so that the product of each with the rates (at most 10¹² together) stays in
    64 bits for amounts up to `LARGEST_CENTS`.
    """
    product = np.full(len(cents), _SHARE_SCALE // 10_000 ** len(rates), np.int64)
    for rate in rates:
        product = product * rate
    high, low = np.divmod(cents, _LIMB)
    whole, rest = np.divmod(high * product, _LIMB)
    below = rest * _LIMB + low * product
    return whole + divide(below, _SHARE_SCALE)
