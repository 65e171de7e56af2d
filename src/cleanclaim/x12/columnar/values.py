"""Amounts, numbers and days out of bytes, exactly and for a whole column at once.

Each function takes the first byte and one past the last of every text and gives the values with two masks: which are
there, and which of those could not be read. A text that could not be read has no value; nothing is rounded.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleanclaim.x12.columnar.tokens import Bytes, Flags, Offsets, Tokens, Words, byte_masks

_LONGEST = 18
_SHORT = 8
_ONES = np.uint64(0x0101010101010101)
"""One in each byte of a word."""
_MOST_DIGITS = 15
"""Whole digits that are left room for two decimals, or three, in 64 bits."""
_DAY = 8
_FIRST = 18_000_101
_DAYS_LISTED = 22_000_101 - _FIRST
"""Days from 1800 through 2199 are days here; a patient's or a payer's is none before or after."""
_NO_DAY = np.int32(-(2**31))
_MOMENT = 12
_RANGE = 17
_ZERO, _NINE, _MINUS, _POINT = (np.uint64(byte) for byte in b"09-.")


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
    return _decimals(tokens, tokens.packed(begins, ends), begins, ends - begins, places)


def decimals_of(tokens: Tokens, cells: Offsets, places: int) -> Parsed:
    """The same, of texts given by their index in `Tokens.cells`."""
    made = tokens.cells
    return _decimals(tokens, made.words(cells), made.begins.take(cells), made.lengths.take(cells), places)


def _decimals(tokens: Tokens, words: Words, begins: Offsets, lengths: Offsets, places: int) -> Parsed:
    there = lengths > 0
    values, good = _short(words, lengths, places)
    rest = np.flatnonzero(there & ~good)
    if len(rest):
        # Long, negative or doubtful ones: few, and read byte by byte.
        values[rest], good[rest] = _careful(tokens.codes, begins[rest], lengths[rest], places)
        return Parsed(values, good, there & ~good)
    return Parsed(values, good, np.zeros_like(good))


@cache
def _powers(places: int) -> NDArray[np.int64]:
    """By decimals that are there: what brings the number to `places` decimals."""
    return np.array([10 ** max(places - there, 0) for there in range(_SHORT + 1)], dtype=np.int64)


def _short(word: Words, lengths: Offsets, places: int) -> tuple[NDArray[np.int64], Flags]:
    """Numbers of up to eight bytes without a sign, the eight bytes as one word; the others are left unread.

    The point is taken out of the word, the digits are moved to its end, zeros fill the front, and three multiplications
    make pairs, fours and eights of digits. No byte is looked at by itself.
    """
    keep, ones = byte_masks(), _ONES
    size = np.where(lengths <= _SHORT, lengths, 0).astype(np.int64)
    # The lowest byte that is a point: its place is the number of bytes below it.
    apart = word ^ (_POINT * ones)
    marks = (apart - ones) & ~apart & (0x80 * ones)
    point = np.bitwise_count((marks & (~marks + np.uint64(1))) - np.uint64(1)).astype(np.int64) >> 3
    has_point = point < size
    whole = np.where(has_point, point, size)
    below = keep.take(whole)
    word = (word & below) | ((word >> np.uint64(8)) & ~below)
    digits = size - has_point
    decimal = digits - whole
    front = _SHORT - digits
    # Shifted in two steps, as a word cannot be shifted by all of its bits.
    half = (front.view(np.uint64) << np.uint64(3)) >> np.uint64(1)
    word = ((word << half) << half) | (keep.take(front) & (_ZERO * ones))
    good = (((word + (0x46 * ones)) | (word - (_ZERO * ones))) & (0x80 * ones)) == 0
    good &= (digits > 0) & (decimal <= places) & ~((word < (_ZERO * ones)) | (size > _SHORT))
    figures = _eight_digits(word)
    values = figures * _powers(places).take(np.where(good, decimal, 0))
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
        digit = byte.astype(np.int64) - np.int64(_ZERO)
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
    return _days(tokens, tokens.words[begins], begins, ends - begins, is_last=False)


def last_days(tokens: Tokens, begins: Offsets, ends: Offsets) -> Parsed:
    """The same, of the last of two days; a single day is first and last."""
    return _days(tokens, tokens.words[begins], begins, ends - begins, is_last=True)


def days_of(tokens: Tokens, cells: Offsets, *, is_last: bool) -> Parsed:
    """The same, of texts given by their index in `Tokens.cells`."""
    made = tokens.cells
    return _days(tokens, made.words(cells), made.begins.take(cells), made.lengths.take(cells), is_last=is_last)


def _days(tokens: Tokens, word: Words, begins: Offsets, lengths: Offsets, *, is_last: bool) -> Parsed:
    good = lengths == _DAY
    longer = np.flatnonzero(lengths > _DAY)
    if len(longer):
        size, at = lengths[longer], begins[longer].astype(np.int64)
        is_range = size == _RANGE
        is_range &= tokens.codes.take(np.where(is_range, at + _DAY, 0)) == _MINUS
        good[longer] = is_range | (size == _MOMENT)
        word[longer] = tokens.words[np.where(is_range & is_last, at + _DAY + 1, at)]
    good &= (((word + (0x46 * _ONES)) | (word - (_ZERO * _ONES))) & (0x80 * _ONES)) == 0
    place = np.where(good, _eight_digits(word), 0) - _FIRST
    good &= (place >= 0) & (place < _DAYS_LISTED)
    days = _calendar().take(place, mode="clip")
    good &= days != _NO_DAY
    return Parsed(np.where(good, days, 0).astype(np.int64), good, (lengths > 0) & ~good)


def _eight_digits(word: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Eight bytes that are digits, as the number they write: pairs, then fours, then all."""
    word = ((word & (0x0F * _ONES)) * np.uint64(2561)) >> np.uint64(8)
    word = ((word & np.uint64(0x00FF00FF00FF00FF)) * np.uint64(6553601)) >> np.uint64(16)
    word = ((word & np.uint64(0x0000FFFF0000FFFF)) * np.uint64(42949672960001)) >> np.uint64(32)
    return word.view(np.int64)


@cache
def _calendar() -> NDArray[np.int32]:
    """For each number CCYYMMDD from `_FIRST` on, the day since 1970-01-01, or `_NO_DAY`: few megabytes, made once."""
    found = np.full(_DAYS_LISTED, _NO_DAY, dtype=np.int32)
    first = np.datetime64("1800-01-01")
    days = np.arange(first, np.datetime64("2200-01-01"))
    months = days.astype("datetime64[M]")
    year = days.astype("datetime64[Y]").astype(np.int64) + 1970
    month = months.astype(np.int64) % 12 + 1
    day = (days - months).astype(np.int64) + 1
    found[year * 10_000 + month * 100 + day - _FIRST] = days.astype(np.int64)
    return found
