"""Columns of a table filled in, as kernels: texts as the sixteen bytes in which Arrow keeps them, numbers and days.

Some rows of one column at a time: first where their texts stand, then what those say. Results are those of
`gather.Gatherer` without kernels, to the last byte.
"""

# ruff: noqa: PLR0913, PLR0917 - kernels take arrays one by one

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from cleanclaim.x12.columnar.figures import DAY, MOMENT, RANGE, WORD, decimal, short_day, short_decimal
from cleanclaim.x12.columnar.texts import Array, Texts, trimmed

TEXT, DECIMAL, FIRST_DAY, LAST_DAY = 0, 1, 2, 3
_INLINE = 12
_PREFIX = 4
_TILE = 512
"""Rows that are read through all columns at once, so that what they stand on stays close to the processor."""
_DASH = 0x2D


class Plan(NamedTuple):
    """By column: what it is, its decimals, its sources (slots, elements), its component, whether offsets are added."""

    kind: Array
    decimals: Array
    source_from: Array
    source_until: Array
    slot: Array
    element: Array
    component: Array
    is_grouped: Array


class Known(NamedTuple):
    """What is worked out once: the bits of views by length, and the first day of each month (`day_of`).

    `masks` has by length, up to thirteen for all longer ones, the bits of a view's two halves that hold the text.
    """

    masks: Array
    months: Array


class Filled(NamedTuple):
    """The columns by kind, a row each; of those that are no texts a bit for each that is there, and the bad ones.

    Of both there is how many they are.
    """

    views: Array
    decimals: Array
    days: Array
    bits: Array
    good_counts: Array
    bad: Array
    bad_counts: Array


def fill(
    found: Array, offsets: Array, texts: Texts, words: Array, known: Known, plan: Plan, chosen: Array, filled: Filled
) -> None:
    """Read all columns of a table; `offsets` are added to the elements of grouped ones.

    `found` has by slot and row the segment. `chosen` has by column its row among those of its kind, -1 where the file
    has nothing of it, and its row of bits.
    """
    height = found.shape[1]
    begins, sizes = np.empty(_TILE, dtype=np.int64), np.empty(_TILE, dtype=np.int64)
    none = np.zeros(_TILE, dtype=np.int32)
    for tile in range(0, height, _TILE):
        last = min(tile + _TILE, height)
        for column in range(len(plan.kind)):
            place, value, kind = chosen[column, 0], chosen[column, 1], plan.kind[column]
            if place < 0:
                continue
            from_, component = plan.source_from[column], plan.component[column]
            segments, position = found[plan.slot[from_], tile:last], plan.element[from_]
            shifts = offsets[tile:last] if plan.is_grouped[column] else none
            if from_ + 1 < plan.source_until[column] or not position or not texts.is_tidy:
                _find(found, shifts, texts, plan, column, tile, last, begins, sizes)
            elif component:
                _find_components(segments, shifts, texts, position, component - 1, begins, sizes)
            else:
                _find_elements(segments, shifts, texts, position, begins, sizes)
            if kind == TEXT:
                _put_texts(begins, sizes, words, known.masks, filled.views[place, 2 * tile : 2 * last])
                continue
            bits, bad, places = filled.bits[value, tile >> 3 :], filled.bad[value, tile:last], plan.decimals[column]
            if kind == DECIMAL:
                numbers = filled.decimals[place, tile:last]
                good, several = put_decimals(begins, sizes, texts.codes, words, places, numbers, bits, bad)
            else:
                days = filled.days[place, tile:last]
                is_last = kind == LAST_DAY
                good, several = put_days(begins, sizes, texts.codes, words, known.months, is_last, days, bits, bad)
            filled.good_counts[value] += good
            filled.bad_counts[value] += several


def _find_elements(segments: Array, shifts: Array, texts: Texts, position: int, begins: Array, sizes: Array) -> None:
    """Where an element stands in each of some segments, at a position to be shifted, and its size; texts are tidy."""
    bounds, first, widths = texts.bounds, texts.first, texts.widths
    for row in range(len(segments)):
        segment = int(segments[row])
        element = position + shifts[row]
        begin = size = 0
        if segment >= 0 and element < widths[segment]:
            # Numba asks of any place with a sign whether it counts from the end.
            cell = np.uint64(first[segment] + element)
            begin = int(bounds[cell]) + 1
            size = int(bounds[cell + np.uint64(1)]) - begin
        begins[row], sizes[row] = begin, size


def _find_components(
    segments: Array, shifts: Array, texts: Texts, position: int, component: int, begins: Array, sizes: Array
) -> None:
    """The same of one component of the element, the first being 0."""
    elements, cuts, first, widths = texts.elements, texts.cuts, texts.first, texts.widths
    for row in range(len(segments)):
        segment = int(segments[row])
        element = position + shifts[row]
        begin = size = 0
        if segment >= 0 and element < widths[segment]:
            cell = np.uint64(first[segment] + element)
            part = int(elements[cell]) + component
            if part < elements[cell + np.uint64(1)]:
                begin = int(cuts[np.uint64(part)]) + 1
                size = int(cuts[np.uint64(part + 1)]) - begin
        begins[row], sizes[row] = begin, size


def _find(
    found: Array,
    shifts: Array,
    texts: Texts,
    plan: Plan,
    column: int,
    tile: int,
    last: int,
    begins: Array,
    sizes: Array,
) -> None:
    """The same of any column of the plan, for the rows from `tile` up to `last`."""
    codes, signs, cuts, elements, bounds, starts, first, widths, is_tidy = texts
    component = plan.component[column]
    for row in range(tile, last):
        segment, element = -1, 0
        # The first source that is there counts.
        for source in range(plan.source_from[column], plan.source_until[column]):
            if segment < 0:
                segment, element = int(found[plan.slot[source], row]), plan.element[source]
        element += shifts[row - tile]
        begin = end = 0
        if segment >= 0 and element < widths[segment]:
            cell = first[segment] + element
            if component:
                part = int(elements[cell]) + component - 1
                if part < elements[cell + 1]:
                    begin, end = int(cuts[part]) + 1, int(cuts[part + 1])
            else:
                begin, end = int(bounds[cell]) + 1, int(bounds[cell + 1])
            if element == 0:
                # A name begins past the line break before its segment.
                begin = int(starts[segment])
                end = max(begin, end)
            if not is_tidy:
                begin, end = trimmed(codes, signs, begin, end)
        begins[row - tile], sizes[row - tile] = begin, end - begin


def _put_texts(begins: Array, sizes: Array, words: Array, masks: Array, views: Array) -> None:
    """Texts as the sixteen bytes in which Arrow keeps them, two numbers each."""
    for row in range(len(views) >> 1):
        begin, size = begins[row], sizes[row]
        mask = np.uint64(2 * min(size, _INLINE + 1))
        front = words[np.uint64(begin)] & masks[mask]
        rest = words[np.uint64(begin + _PREFIX)] & masks[mask + np.uint64(1)]
        views[2 * row] = np.uint64(size) | (front << np.uint64(32))
        views[2 * row + 1] = rest if size <= _INLINE else np.uint64(begin) << np.uint64(32)


def put_decimals(
    begins: Array, sizes: Array, codes: Array, words: Array, places: int, numbers: Array, bits: Array, bad: Array
) -> tuple[int, int]:
    """Numbers with that many decimals, 0 where there is none; how many there are, and how many texts are none."""
    good = several = 0
    for row in range(len(numbers)):
        begin, size = begins[row], sizes[row]
        number, is_good = 0, True
        if size > 0:
            end = begin + size
            number = -1
            if size <= WORD <= end:
                number = short_decimal(words[np.uint64(end - WORD)], size, places)
            if number < 0:
                # Long, negative or doubtful ones: few.
                number, is_good = decimal(codes, begin, end, places)
            if is_good:
                bits[row >> 3] |= np.uint8(1 << (row & 7))
                good += 1
            else:
                bad[row] = True
                several += 1
        numbers[row] = number
    return good, several


def put_days(
    begins: Array,
    sizes: Array,
    codes: Array,
    words: Array,
    months: Array,
    is_last: bool,  # noqa: FBT001 - compiled
    days: Array,
    bits: Array,
    bad: Array,
) -> tuple[int, int]:
    """Days since 1970-01-01, the last of two or the first, 0 for none; how many there are, and how many are none."""
    good = several = 0
    for row in range(len(days)):
        begin, size = begins[row], sizes[row]
        found = 0
        if size > 0:
            is_good = size in (DAY, MOMENT)
            if size == RANGE:
                is_good = codes[begin + DAY] == _DASH
                if is_last:
                    begin += DAY + 1
            if is_good:
                day = short_day(words[np.uint64(begin)])
                month = np.uint64(max(day, 0) >> 5)
                found = int(months[month]) + (day & 31) - 1
                is_good = day >= 0 and found < months[month + np.uint64(1)]
            if is_good:
                bits[row >> 3] |= np.uint8(1 << (row & 7))
                good += 1
            else:
                found = 0
                bad[row] = True
                several += 1
        days[row] = found
    return good, several


PARTS = (_find_elements, _find_components, _find, _put_texts, put_decimals, put_days)
"""What `fill` is made of."""
