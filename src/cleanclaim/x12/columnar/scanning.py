"""Delimiters, elements and segments of a block in one pass over its bytes: what `tokens` does in many, as a kernel."""

# ruff: noqa: PLR0913, PLR0917, PLR2004 - kernels take arrays one by one, and bytes are numbers here

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from cleanclaim.x12.columnar.compiled import kernel
from cleanclaim.x12.columnar.texts import Array

CUT, ELEMENT, SEGMENT = 1, 2, 4
"""What a byte ends: a component, an element, a segment. One that ends more ends all that is less, too."""
BLANK = 8
DOUBTS = 64
"""Blanks beside delimiters that are told one by one: those of a few interchange headers."""


class Scan(NamedTuple):
    """What was found, as `tokens.Tokens` names it.

    `doubts` are delimiters, or blanks before them, where a blank stands beside one inside a segment or between two;
    `None` where they are too many to be told one by one.
    """

    cuts: Array
    elements: Array
    bounds: Array
    starts: Array
    ends: Array
    tags: Array
    first: Array
    widths: Array
    is_open: bool
    doubts: Array | None


def scan(codes: Array, signs: Array, mark: int) -> Scan:
    """Scan a block.

    Args:
        codes: its bytes.
        signs: by byte: `CUT`, `ELEMENT`, `SEGMENT`, `BLANK`, added up.
        mark: how many bytes a byte order mark at its beginning has.
    """
    size = len(codes)
    is_open = not size or not signs[codes[-1]] & SEGMENT
    # Room for a delimiter at every byte: what is not written to takes no memory.
    every = np.empty(size + 2, dtype=np.int32)
    count = int(kernel(_cuts)(codes, signs, every))
    cuts = every[: count + is_open]
    if is_open:
        cuts[-1] = size
    elements, bounds = np.empty(len(cuts) + 1, dtype=np.int32), np.empty(len(cuts) + 1, dtype=np.int32)
    last = np.empty(len(cuts) + 1, dtype=np.int32)
    doubts = np.empty(DOUBTS, dtype=np.int64)
    element_count, segment_count, doubtful = kernel(_elements)(codes, signs, cuts, elements, bounds, last, doubts)
    elements, bounds = elements[:element_count], bounds[:element_count]
    starts, ends, tags = (np.empty(segment_count, dtype=np.int32) for _ in range(3))
    first, widths = np.empty(segment_count, dtype=np.int64), np.empty(segment_count, dtype=np.int64)
    found = int(kernel(_segments, _tag)(codes, signs, mark, bounds, last, starts, ends, tags, first, widths))
    # What stands past the last terminator is a segment unless it is blank.
    is_open = is_open and found > 0 and bool(ends[found - 1] == size)
    return Scan(
        cuts,
        elements,
        bounds,
        starts[:found],
        ends[:found],
        tags[:found],
        first[:found],
        widths[:found],
        is_open,
        doubts[:doubtful] if doubtful <= DOUBTS else None,
    )


def _cuts(codes: Array, signs: Array, cuts: Array) -> int:
    """The places of all delimiters after a -1, and how many those are."""
    cuts[0] = -1
    count, one = np.uint64(1), np.uint64(1)
    for at in range(len(codes)):
        # Without a branch: the place is written in any case, and kept where it is one.
        cuts[count] = at
        count += np.uint64(signs[codes[at]]) & one
    return int(count)


def _elements(
    codes: Array, signs: Array, cuts: Array, elements: Array, bounds: Array, last: Array, doubts: Array
) -> tuple[int, int, int]:
    """Which delimiters end elements, and which of those segments; how many there are; blanks beside delimiters."""
    elements[0], bounds[0] = 0, -1
    size = len(codes)
    element, segment = np.uint64(1), np.uint64(0)
    one, two, three = np.uint64(1), np.uint64(2), np.uint64(3)
    beside = 0
    for cut in range(1, len(cuts)):
        at = cuts[cut]
        before = after = np.uint64(0)
        sign = np.uint64(7)
        if at < size:
            sign = np.uint64(signs[codes[at]])
        if at > 0:
            before = np.uint64(signs[codes[at - 1]])
        if at + 1 < size:
            after = np.uint64(signs[codes[at + 1]])
        elements[element] = cut
        bounds[element] = at
        last[segment] = element
        element += (sign >> one) & one
        segment += (sign >> two) & one
        # After a terminator blanks are no part of any segment.
        if (after >> three) & ~after & ~(sign >> two) & one:
            if beside < len(doubts):
                doubts[beside] = at
            beside += 1
        if (before >> three) & ~before & one:
            if beside < len(doubts):
                doubts[beside] = at - 1
            beside += 1
    return int(element), int(segment), beside


def _segments(
    codes: Array,
    signs: Array,
    mark: int,
    bounds: Array,
    last: Array,
    starts: Array,
    ends: Array,
    tags: Array,
    first: Array,
    widths: Array,
) -> int:
    """Where segments that are not blank begin and end, and their names."""
    begun = found = 0
    for segment in range(len(starts)):
        final = last[segment]
        begin, at = bounds[begun] + 1, bounds[final]
        if mark and segment == 0:
            begin = min(mark, at)
        while begin < at and signs[codes[begin]] & 8:
            begin += 1
        if begin < at:
            starts[found] = begin
            ends[found] = at
            first[found] = begun
            widths[found] = final - begun
            tags[found] = _tag(codes, signs, begin, bounds[begun + 1])
            found += 1
        begun = final
    return found


def _tag(codes: Array, signs: Array, begin: int, end: int) -> int:
    """The packed name in these bytes; 0 where it is none."""
    while end > begin and signs[codes[end - 1]] & 8:
        end -= 1
    if end - begin < 2 or end - begin > 3:
        return 0
    packed = 0
    for place in range(end - begin):
        code = int(codes[begin + place])
        if 97 <= code <= 122:
            code -= 32
        if not (48 <= code <= 57 or 65 <= code <= 90):
            return 0
        packed |= code << (8 * place)
    return packed
