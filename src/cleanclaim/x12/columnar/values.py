"""Amounts, numbers and days out of bytes, exactly and for a whole column at once.

Each function takes the first byte and one past the last of every text and gives the values with two masks: which are
there, and which of those could not be read. A text that could not be read has no value; nothing is rounded.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleanclaim.x12.columnar.tokens import Bytes, Flags, Offsets, Tokens

_LONGEST = 18
_SHORT = 8
_LAST_FIGURE = 9
_MOST_DIGITS = 15
"""Whole digits that are left room for two decimals, or three, in 64 bits."""
_DAY = 8
_MOMENT = 12
_RANGE = 17
_ZERO, _NINE, _MINUS, _POINT = ord("0"), ord("9"), ord("-"), ord(".")


class Parsed(NamedTuple):
    """Values of a column: `known` where there is one, `bad` where a text is none."""

    values: NDArray[np.int64]
    known: Flags
    bad: Flags


def decimals(tokens: Tokens, begins: Offsets, ends: Offsets, places: int) -> Parsed:
    """Decimal numbers as integers with `places` decimals: 90, 12.5, .07, -3. become 9000, 1250, 7, -300 with two.

    More decimals than `places` are read where they are zeros. Signs other than a leading minus, exponents, commas and
    more than fifteen digits before the point are no numbers here.
    """
    lengths = ends - begins
    there = lengths > 0
    is_short = there & (lengths <= _SHORT)
    if not there.any():
        return Parsed(np.zeros(len(begins), dtype=np.int64), there, there)
    values, good = _short(tokens, begins, np.where(is_short, lengths, 0), places)
    rest = np.flatnonzero(there & ~good)
    if len(rest):
        # Long, negative or doubtful ones: few, and read byte by byte.
        values[rest], good[rest] = _careful(tokens.codes, begins[rest], lengths[rest], places)
    return Parsed(values, good, there & ~good)


@cache
def _weights(places: int) -> tuple[NDArray[np.int64], Bytes, Flags]:
    """By length and place of the point (8: none): what each byte counts, which must be digits, and whether it fits."""
    weights = np.zeros((_SHORT + 1, _SHORT + 1, _SHORT), dtype=np.int64)
    digits = np.zeros((_SHORT + 1, _SHORT + 1, _SHORT), dtype=np.uint8)
    fits = np.zeros((_SHORT + 1, _SHORT + 1), dtype=np.bool_)
    for length in range(1, _SHORT + 1):
        for point in (*range(length), _SHORT):
            whole = min(point, length)
            decimal = length - whole - 1 if point < length else 0
            fits[length, point] = decimal <= places
            for place in range(length) if decimal <= places else ():
                if place < whole:
                    weights[length, point, place] = 10 ** (whole - 1 - place + places)
                elif place > whole:
                    weights[length, point, place] = 10 ** (places - (place - whole))
                digits[length, point, place] = place != point
    return weights, digits, fits


def _short(tokens: Tokens, begins: Offsets, lengths: Offsets, places: int) -> tuple[NDArray[np.int64], Flags]:
    """Numbers of up to eight bytes without a sign, eight bytes of each at once; the others are left unread."""
    weights, must, fits = _weights(places)
    text = tokens.packed(begins, begins + lengths).view(np.uint8).reshape(-1, _SHORT)
    is_point = text == _POINT
    point = np.where(is_point.any(axis=1), is_point.argmax(axis=1), _SHORT)
    # One look-up for each kind of number: its length and the place of its point.
    kind = lengths * (_SHORT + 1) + point
    figures = text - np.uint8(_ZERO)
    wanted = must.reshape(-1, _SHORT).take(kind, axis=0)
    good = fits.reshape(-1).take(kind) & ~((figures > _LAST_FIGURE) & (wanted != 0)).any(axis=1)
    values = np.einsum("ij,ij->i", weights.reshape(-1, _SHORT).take(kind, axis=0), (figures * wanted).astype(np.int64))
    return np.where(good, values, 0), good


def _careful(codes: Bytes, begins: Offsets, lengths: Offsets, places: int) -> tuple[NDArray[np.int64], Flags]:
    """The same for all that `decimals` reads, one byte of every number after the other."""
    good = lengths <= _LONGEST
    is_negative = good & (codes[np.where(good, begins, 0)] == _MINUS)
    at = np.where(good, begins + is_negative, 0)
    left = np.where(good, lengths - is_negative, 0)
    values = np.zeros(len(begins), dtype=np.int64)
    decimal = np.zeros(len(begins), dtype=np.int64)
    whole = np.zeros(len(begins), dtype=np.int64)
    is_past_point = np.zeros(len(begins), dtype=np.bool_)
    for step in range(int(left.max())):
        now = left > step
        byte = codes[at + np.where(now, step, 0)]
        is_digit = now & (byte >= _ZERO) & (byte <= _NINE)
        digit = byte.astype(np.int64) - _ZERO
        counts = is_digit & (~is_past_point | (decimal < places))
        values = np.where(counts, values * 10 + digit, values)
        whole += is_digit & ~is_past_point
        # Beyond the scale only zeros may stand: nothing is rounded away.
        good &= ~(is_digit & ~counts & (digit != 0))
        decimal += is_digit & is_past_point
        is_point = now & (byte == _POINT) & ~is_past_point
        is_past_point |= is_point
        good &= ~now | is_digit | is_point
    good &= (whole <= _MOST_DIGITS) & ((whole + decimal > 0) | (is_past_point & ~is_negative))
    short = places - np.minimum(decimal, places)
    values *= 10**short
    values = np.where(is_negative, -values, values)
    return np.where(good, values, 0), good


def first_days(tokens: Tokens, begins: Offsets, ends: Offsets) -> Parsed:
    """Days as numbers since 1970-01-01, of CCYYMMDD, CCYYMMDDHHMM, or the first of CCYYMMDD-CCYYMMDD."""
    return _days(tokens, begins, ends, begins)


def last_days(tokens: Tokens, begins: Offsets, ends: Offsets) -> Parsed:
    """The same, of the last of two days; a single day is first and last."""
    lengths = ends - begins
    return _days(tokens, begins, ends, np.where(lengths == _RANGE, begins + _DAY + 1, begins))


def _days(tokens: Tokens, begins: Offsets, ends: Offsets, at: Offsets) -> Parsed:
    codes, lengths = tokens.codes, ends - begins
    there = lengths > 0
    good = (lengths == _DAY) | (lengths == _MOMENT) | (lengths == _RANGE)
    good &= (lengths != _RANGE) | (codes[np.where(lengths == _RANGE, begins + _DAY, 0)] == _MINUS)
    if not good.any():
        return Parsed(np.zeros(len(begins), dtype=np.int64), good, there)
    at = np.where(good, at, 0)
    year, is_year = _digits(codes, at, 4)
    month, is_month = _digits(codes, at + 4 * good, 2)
    day, is_day = _digits(codes, at + 6 * good, 2)
    good &= is_year & is_month & is_day & (month >= 1) & (month <= 12) & (year >= 1) & (day >= 1)  # noqa: PLR2004
    first = (np.where(good, year, 1970) - 1970) * 12 + np.where(good, month, 1) - 1
    months = first.astype("datetime64[M]")
    values = months.astype("datetime64[D]").astype(np.int64) + np.where(good, day, 1) - 1
    good &= values < (months + 1).astype("datetime64[D]").astype(np.int64)
    return Parsed(np.where(good, values, 0), good, there & ~good)


def _digits(codes: Bytes, at: Offsets, count: int) -> tuple[Offsets, Flags]:
    values = np.zeros(len(at), dtype=np.int64)
    good = np.ones(len(at), dtype=np.bool_)
    for place in range(count):
        byte = codes[at + place] if len(codes) > int(at.max(initial=0)) + place else np.zeros(len(at), dtype=np.uint8)
        good &= (byte >= _ZERO) & (byte <= _NINE)
        values = values * 10 + byte.astype(np.int64) - _ZERO
    return values, good
