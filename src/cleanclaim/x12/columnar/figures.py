"""Amounts, numbers and days, one text at a time, for kernels: what `values` makes of whole columns.

Eight digits are read at once, as one number of eight bytes (`words`, as in `tokens.Tokens`), where a text has no more
and is written as most are.
"""

# ruff: noqa: PLR2004 - bytes and figures are numbers here

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from cleanclaim.x12.columnar.texts import Array

FIRST_YEAR, LAST_YEAR = 1800, 2199
"""The years that `values` takes for those of a day."""
_LONGEST = 18
_MOST_DIGITS = 15
DAY, MOMENT, RANGE = 8, 12, 17
_MONTHS = 12
WORD = 8
_ZERO, _POINT = 0x30, 0x2E
_ZEROS = 0x3030303030303030
_HIGH = 0xF0F0F0F0F0F0F0F0
"""The half of each byte that all digits share."""
_SIXES = 0x0606060606060606
"""What takes a byte past the digits, and no digit, into the next high half."""
_TENS = 0x000F000F000F000F
"""The first digit of each pair."""
_FOURS = 0x0000FFFF0000FFFF


def short_decimal(word: Any, size: int, places: int) -> int:  # noqa: ANN401 - a number of 64 bits
    """A number of at most eight bytes, given by the eight that end with it; -1 where `decimal` is to be asked.

    It has no sign, and no point save one before two decimals.
    """
    # Zeros take the place of what stands before the number.
    before = (np.uint64(1) << np.uint64(8 * (WORD - size))) - np.uint64(1)
    word = (word & ~before) | (np.uint64(_ZEROS) & before)
    decimals = 0
    if size > 2 and places >= 2 and (word >> np.uint64(40)) & np.uint64(0xFF) == np.uint64(_POINT):
        # What stands before the point takes its place.
        decimals = 2
        whole = (word & np.uint64(0xFFFFFFFFFF)) << np.uint64(8)
        word = (word & np.uint64(0xFFFF000000000000)) | whole | np.uint64(_ZERO)
    if not _is_number(word):
        return -1
    pairs = _pairs(word)
    fours = (pairs & np.uint64(_FOURS)) * np.uint64(100) + ((pairs >> np.uint64(16)) & np.uint64(_FOURS))
    # A number of 64 bits with a sign: numba makes one without of `int` alone, and a float of the two together.
    number = int(np.int64(fours & np.uint64(0xFFFFFFFF))) * 10_000 + int(np.int64(fours >> np.uint64(32)))
    for _ in range(decimals, places):
        number *= 10
    return number


def short_day(word: Any) -> int:  # noqa: ANN401 - a number of 64 bits
    """Eight bytes CCYYMMDD as months since the first year that counts, times 32, and the day; -1 where they are none.

    Whether the month has that day is for `months` to say.
    """
    if not _is_number(word):
        return -1
    pairs, pair = _pairs(word), np.uint64(0xFF)
    year = int(np.int64(pairs & pair)) * 100 + int(np.int64((pairs >> np.uint64(16)) & pair))
    month, day = int(np.int64((pairs >> np.uint64(32)) & pair)), int(np.int64(pairs >> np.uint64(48)))
    if year < FIRST_YEAR or year > LAST_YEAR or month < 1 or month > _MONTHS or day < 1 or day > 31:
        return -1
    return ((year - FIRST_YEAR) * _MONTHS + month - 1) * 32 + day


@cache
def months() -> Array:
    """The first day of each month of the years that are days here, and of the month after them, since 1970-01-01."""
    every = np.arange(f"{FIRST_YEAR}-01", f"{LAST_YEAR + 1}-02", dtype="datetime64[M]")
    return every.astype("datetime64[D]").astype(np.int32)


def decimal(codes: Array, begin: int, end: int, places: int) -> tuple[int, bool]:
    """What `values.decimals` makes of a text that is not empty; 0 where it is no number."""
    if end - begin > _LONGEST:
        return 0, False
    is_negative = codes[begin] == ord("-")
    number = whole = decimals = 0
    is_past = False
    for at in range(begin + is_negative, end):
        code = int(codes[at])
        if code == ord(".") and not is_past:
            is_past = True
            continue
        digit = code - ord("0")
        if digit < 0 or digit > 9:
            return 0, False
        if not is_past:
            whole += 1
        elif decimals >= places:
            # Beyond the scale only zeros may stand: nothing is rounded away.
            if digit:
                return 0, False
            decimals += 1
            continue
        else:
            decimals += 1
        number = number * 10 + digit
    if whole > _MOST_DIGITS or not (whole + decimals > 0 or (is_past and not is_negative)):
        return 0, False
    for _ in range(min(decimals, places), places):
        number *= 10
    return -number if is_negative else number, True


def _is_number(word: Any) -> bool:  # noqa: ANN401 - a number of 64 bits
    """Whether eight bytes are digits."""
    if word & np.uint64(_HIGH) != np.uint64(_ZEROS):
        return False
    return bool((word + np.uint64(_SIXES)) & np.uint64(_HIGH) == np.uint64(_ZEROS))


def _pairs(word: Any) -> Any:  # noqa: ANN401 - numbers of 64 bits
    """Eight digits as four numbers of two, sixteen bits each, the first lowest."""
    return (word & np.uint64(_TENS)) * np.uint64(10) + ((word >> np.uint64(8)) & np.uint64(_TENS))


PARTS = (_is_number, _pairs)
"""What the readers here are made of: kernels that call them must know these, too."""
