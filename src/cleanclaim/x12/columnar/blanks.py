"""Blanks around texts, passed for a whole column at once."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Offsets = NDArray[np.integer[Any]]
Bytes = NDArray[np.uint8]
Flags = NDArray[np.bool_]

BLANKS = b" \t\n\x0b\x0c\r\x1c\x1d\x1e\x1f\x00"
"""What may stand around a text without being part of it."""
_STEPS = 16
"""Blanks in a row that are passed one by one for all texts at once."""
_NO_ROWS = np.zeros(0, dtype=np.int64)


@cache
def blank_bytes() -> Flags:
    """By byte: whether it is a blank."""
    table = np.zeros(256, dtype=np.bool_)
    table[list(BLANKS)] = True
    return table


def leading(codes: Bytes, begins: Offsets, ends: Offsets) -> Offsets:
    """The first byte of each that is no blank, or its end."""
    blank = blank_bytes()
    rows = np.flatnonzero(blank.take(codes.take(begins, mode="clip")) & (begins < ends)) if len(codes) else _NO_ROWS
    begins = begins.copy()
    for _ in range(_STEPS):
        rows = rows[blank[codes[begins[rows]]]]
        if not len(rows):
            return begins
        begins[rows] += 1
        rows = rows[begins[rows] < ends[rows]]
    for row in rows.tolist():
        # Pages of blanks: one look at each, not one for every blank.
        text = codes[begins[row] : ends[row]].tobytes()
        begins[row] = ends[row] - len(text.lstrip(BLANKS))
    return begins


def trailing(codes: Bytes, begins: Offsets, ends: Offsets) -> Offsets:
    """One past the last byte of each that is no blank, or its beginning."""
    blank = blank_bytes()
    rows = np.flatnonzero(blank.take(codes.take(ends - 1, mode="clip")) & (begins < ends)) if len(codes) else _NO_ROWS
    ends = ends.copy()
    for _ in range(_STEPS):
        rows = rows[blank[codes[ends[rows] - 1]]]
        if not len(rows):
            return ends
        ends[rows] -= 1
        rows = rows[begins[rows] < ends[rows]]
    for row in rows.tolist():
        text = codes[begins[row] : ends[row]].tobytes()
        ends[row] = begins[row] + len(text.rstrip(BLANKS))
    return ends


def trim(codes: Bytes, begins: Offsets, ends: Offsets) -> tuple[Offsets, Offsets]:
    """Both ends moved past blanks."""
    begins = leading(codes, begins, ends)
    return begins, trailing(codes, begins, ends)
