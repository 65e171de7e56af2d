"""Delimiters, elements and segments of a block in one pass over its bytes: what `tokens` does in many, as a kernel."""

# ruff: noqa: PLR0913, PLR0917, PLR2004 - kernels take arrays one by one, and bytes are numbers here

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from cleanclaim.x12.columnar.compiled import kernel
from cleanclaim.x12.columnar.texts import Array

CUT, ELEMENT, SEGMENT = 1, 2, 4
"""What a byte ends: a component, an element, a segment. One that ends more ends all that is less, too."""
BLANK = 8
_SPACE = 0x20
_AT_ONCE = 4096
"""Bytes that are searched for delimiters before it is asked whether there is room for more."""
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


def scan(codes: Array, words: Array, signs: Array, mark: int) -> Scan:
    """Scan a block.

    Args:
        codes: its bytes.
        words: the eight bytes from each byte on, as in `tokens.Tokens`.
        signs: by byte: `CUT`, `ELEMENT`, `SEGMENT`, `BLANK`, added up.
        mark: how many bytes a byte order mark at its beginning has.
    """
    size = len(codes)
    is_open = not size or not signs[codes[-1]] & SEGMENT
    search = kernel(_cuts)
    # Room for as many delimiters as claims and payments have; for one at every byte, where that is not enough.
    every = np.empty(size // 3 + _AT_ONCE, dtype=np.int32)
    count = int(search(codes, signs, every))
    if not count:
        every = np.empty(size + 2 + _AT_ONCE, dtype=np.int32)
        count = int(search(codes, signs, every))
    cuts = every[: count + is_open]
    if is_open:
        cuts[-1] = size
    elements, bounds = np.empty(len(cuts) + 1, dtype=np.int32), np.empty(len(cuts) + 1, dtype=np.int32)
    last = np.empty(len(cuts) + 1, dtype=np.int32)
    doubts = np.empty(DOUBTS, dtype=np.int64)
    part = kernel(_elements)
    element_count, segment_count, doubtful = part(codes, signs, cuts, elements, bounds, last, doubts)
    elements, bounds = elements[:element_count], bounds[:element_count]
    starts, ends, tags, first, widths = (np.empty(segment_count, dtype=np.int32) for _ in range(5))
    run = kernel(_segments, _tag)
    found = int(run(codes, words, signs, mark, bounds, last, starts, ends, tags, first, widths))
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
    """The places of all delimiters after a -1, and how many those are; 0 where there is no room for them."""
    cuts[0] = -1
    count, one = np.uint64(1), np.uint64(1)
    for begin in range(0, len(codes), _AT_ONCE):
        # What follows the last of them may end where the bytes do.
        if int(count) + _AT_ONCE >= len(cuts):
            return 0
        for at in range(begin, min(begin + _AT_ONCE, len(codes))):
            # Without a branch: the place is written in any case, and kept where it is one.
            cuts[count] = at
            count += np.uint64(signs[codes[np.uint64(at)]]) & one
    return int(count)


def _elements(
    codes: Array, signs: Array, cuts: Array, elements: Array, bounds: Array, last: Array, doubts: Array
) -> tuple[int, int, int]:
    """Which delimiters end elements, and which of those segments; how many there are; blanks beside delimiters."""
    elements[0], bounds[0] = 0, -1
    element, segment, final = np.uint64(1), np.uint64(0), len(codes) - 1
    one, two = np.uint64(1), np.uint64(2)
    beside = 0
    for cut in range(1, len(cuts)):
        at = int(cuts[cut])
        sign = np.uint64(7)
        if at <= final:
            sign = np.uint64(signs[codes[np.uint64(at)]])
        elements[element], bounds[element], last[segment] = cut, at, element
        element += (sign >> one) & one
        segment += (sign >> two) & one
        # What is above a space is no blank.
        if codes[np.uint64(max(at - 1, 0))] <= _SPACE or codes[np.uint64(min(at + 1, final))] <= _SPACE:
            # After a terminator blanks are no part of any segment.
            if at < final and not sign & np.uint64(SEGMENT) and signs[codes[at + 1]] & (BLANK | CUT) == BLANK:
                if beside < len(doubts):
                    doubts[beside] = at
                beside += 1
            if at > 0 and signs[codes[at - 1]] & (BLANK | CUT) == BLANK:
                if beside < len(doubts):
                    doubts[beside] = at - 1
                beside += 1
    return int(element), int(segment), beside


def _segments(
    codes: Array,
    words: Array,
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
        final = int(last[segment])
        begin, at = int(bounds[np.uint64(begun)]) + 1, int(bounds[np.uint64(final)])
        if mark and segment == 0:
            begin = min(mark, at)
        while begin < at and signs[codes[np.uint64(begin)]] & BLANK:
            begin += 1
        if begin < at:
            end = int(bounds[np.uint64(begun + 1)])
            while end > begin and signs[codes[np.uint64(end - 1)]] & BLANK:
                end -= 1
            starts[found] = begin
            ends[found] = at
            first[found] = begun
            widths[found] = final - begun
            tags[found] = _tag(words[np.uint64(begin)], end - begin)
            found += 1
        begun = final
    return found


def _tag(word: Any, size: int) -> int:  # noqa: ANN401 - a number of 64 bits
    """The packed name in the first bytes of a word; 0 where it is none."""
    if size < 2 or size > 3:
        return 0
    packed = 0
    for place in range(size):
        code = int(np.int64((word >> np.uint64(8 * place)) & np.uint64(0xFF)))
        if 97 <= code <= 122:
            code -= 32
        if not (48 <= code <= 57 or 65 <= code <= 90):
            return 0
        packed |= code << (8 * place)
    return packed
