"""What one text says, for kernels: what `cells` answers for whole columns.

Where an element stands is worked out in each kernel by itself: a function that took all the arrays would cost several
times what it does. Places are numbers without a sign: of any other numba asks whether it counts from the end.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

_BLANK = 8
_SHORT = 4
_LONG = 0xFFFFFFFFFFFFFFFF

Array = NDArray[Any]
"""An array of whole numbers or truths, of the types in which `tokens` and `placing` make them."""


class Texts(NamedTuple):
    """The arrays of `tokens.Tokens` that say where texts stand, and the signs of `scanning`."""

    codes: Array
    signs: Array
    cuts: Array
    elements: Array
    bounds: Array
    starts: Array
    first: Array
    widths: Array
    is_tidy: bool


def trimmed(codes: Array, signs: Array, begin: int, end: int) -> tuple[int, int]:
    """Both ends of a text moved past blanks."""
    while begin < end and signs[codes[begin]] & _BLANK:
        begin += 1
    while begin < end and signs[codes[end - 1]] & _BLANK:
        end -= 1
    return begin, end


def head_of(codes: Array, begin: int, end: int) -> Any:  # noqa: ANN401 - a number of 64 bits
    """What `cells.head` gives for a text of at most four bytes; all bits for a longer one."""
    size = end - begin
    if size > _SHORT:
        return np.uint64(_LONG)
    found = np.uint64(size)
    for at in range(size):
        found |= np.uint64(codes[np.uint64(begin + at)]) << np.uint64(32 + 8 * at)
    return found


def whole_of(codes: Array, begin: int, end: int) -> int:
    """The whole number that a text of one to nine digits is; -1 for any other."""
    if end <= begin or end - begin > 9:  # noqa: PLR2004 - as many digits as a counter has
        return -1
    number = 0
    for at in range(begin, end):
        digit = int(codes[np.uint64(at)]) - 48
        if digit < 0 or digit > 9:  # noqa: PLR2004 - no digit
            return -1
        number = number * 10 + digit
    return number
