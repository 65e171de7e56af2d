"""Blanks around texts (`Delimiters.blanks`), passed for a whole column at once."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleanclaim.x12.delimiters import Delimiters

Offsets = NDArray[np.integer[Any]]
Bytes = NDArray[np.uint8]
Flags = NDArray[np.bool_]

_STEPS = 16
"""Blanks in a row that are passed one by one for all texts at once."""
_NO_ROWS = np.zeros(0, dtype=np.int64)


@cache
def blank_bytes(delimiters: Delimiters) -> Flags:
    """By byte: whether it is a blank where these are the delimiters."""
    table = np.zeros(256, dtype=np.bool_)
    table[list(delimiters.blanks.encode())] = True
    return table


def leading(codes: Bytes, begins: Offsets, ends: Offsets, blank: Flags) -> Offsets:
    """The first byte of each that is no blank (`blank_bytes`), or its end."""
    rows = np.flatnonzero(blank.take(codes.take(begins, mode="clip")) & (begins < ends)) if len(codes) else _NO_ROWS
    begins = begins.copy()
    for _ in range(_STEPS):
        rows = rows[blank[codes[begins[rows]]]]
        if not len(rows):
            return begins
        begins[rows] += 1
        rows = rows[begins[rows] < ends[rows]]
    signs = _of(blank)
    for row in rows.tolist():
        # Pages of blanks: one look at each, not one for every blank.
        text = codes[begins[row] : ends[row]].tobytes()
        begins[row] = ends[row] - len(text.lstrip(signs))
    return begins


def trailing(codes: Bytes, begins: Offsets, ends: Offsets, blank: Flags) -> Offsets:
    """One past the last byte of each that is no blank (`blank_bytes`), or its beginning."""
    rows = np.flatnonzero(blank.take(codes.take(ends - 1, mode="clip")) & (begins < ends)) if len(codes) else _NO_ROWS
    ends = ends.copy()
    for _ in range(_STEPS):
        rows = rows[blank[codes[ends[rows] - 1]]]
        if not len(rows):
            return ends
        ends[rows] -= 1
        rows = rows[begins[rows] < ends[rows]]
    signs = _of(blank)
    for row in rows.tolist():
        text = codes[begins[row] : ends[row]].tobytes()
        ends[row] = begins[row] + len(text.rstrip(signs))
    return ends


def trim(codes: Bytes, begins: Offsets, ends: Offsets, blank: Flags) -> tuple[Offsets, Offsets]:
    """Both ends moved past blanks."""
    begins = leading(codes, begins, ends, blank)
    return begins, trailing(codes, begins, ends, blank)


def _of(blank: Flags) -> bytes:
    return np.flatnonzero(blank).astype(np.uint8).tobytes()
