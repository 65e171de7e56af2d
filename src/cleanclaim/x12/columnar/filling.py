"""Columns of a table filled in one segment after the other, as kernels: what `gather`, `cells` and `values` do.

A table's rows look segments up by name and qualifier (`look_up`), each such look-up a *slot*. Its columns are then read
out of slots (`fill_texts`, `fill_values`): texts as the sixteen bytes in which Arrow keeps them, values with a bit that
says whether one is there. Results are those of `gather.Gatherer` without kernels, to the last byte.
"""

# ruff: noqa: PLR0913, PLR0917, PLR2004 - kernels take arrays one by one, and bytes are numbers here

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from cleanclaim.x12.columnar.texts import Array, Texts, head_of, trimmed
from cleanclaim.x12.columnar.walking import CARRIED

TEXT, DECIMAL, FIRST_DAY, LAST_DAY = 0, 1, 2, 3
_LONGEST = 18
_MOST_DIGITS = 15
_DAY, _MOMENT, _RANGE = 8, 12, 17
_FIRST_YEAR, _LAST_YEAR, _MONTHS = 1800, 2199, 12
"""The years that `values` takes for those of a day."""
_TO_1970 = 719_468
"""Days from the first of March of the year 0 to 1970-01-01."""
_INLINE = 12
_PREFIX = 4
_TILE = 512
"""Rows that are read through all columns at once, so that what they stand on stays close to the processor."""


class Wanted(NamedTuple):
    """What to look up for the rows of several tables: by loop and name (`from_`, `until`) the slots that it may fill.

    By slot there are the element that decides and its values in `heads`; all values will do where there are none.
    """

    from_: Array
    until: Array
    position: Array
    head_from: Array
    head_until: Array
    heads: Array


class Slots(NamedTuple):
    """By slot and row the segment that was found, -1 for none; how many rows have one, and the longest of them."""

    found: Array
    counts: Array
    widest: Array


class Plan(NamedTuple):
    """By column: what it is, its decimals, its sources (slots, elements), its component, whether `offsets` are added.

    `place` is its place among the texts, the decimals or the days.
    """

    kind: Array
    decimals: Array
    source_from: Array
    source_until: Array
    slot: Array
    element: Array
    component: Array
    is_grouped: Array
    place: Array


class Filled(NamedTuple):
    """The columns that are no texts: decimals and days; bits of those that are there, how many, and the bad ones."""

    decimals: Array
    days: Array
    bits: Array
    known: Array
    bad: Array
    bad_counts: Array


def look_up(
    names: Array,
    home: Array,
    begins: Array,
    row_of: Array,
    texts: Texts,
    wanted: Wanted,
    base: Array,
    found: Array,
    counts: Array,
    widest: Array,
) -> None:
    """Find for each row the first segment of its loop for each slot.

    `row_of` says by segment which row it begins in the table of its loop, -1 for none; `base` by slot where its rows
    begin in `found`. `counts` and `widest` are those of `Slots`.
    """
    codes, signs, cuts, elements, _, _, first, widths, is_tidy = texts
    from_of, until_of, position = wanted.from_, wanted.until, wanted.position
    head_from, head_until, heads = wanted.head_from, wanted.head_until, wanted.heads
    for segment in range(len(names)):
        loop, name, begin_row = int(home[segment]), int(names[segment]), begins[segment]
        if loop < 0 or begin_row < 0:
            continue
        from_, until = from_of[loop, name], until_of[loop, name]
        if from_ == until:
            continue
        row = int(row_of[begin_row])
        if row < 0:
            continue
        asked = -1
        said = np.uint64(0)
        for slot in range(from_, until):
            place = base[slot] + row
            if found[place] >= 0:
                continue
            is_it = head_from[slot] == head_until[slot]
            if not is_it:
                if asked != position[slot]:
                    asked = position[slot]
                    begin = end = 0
                    if asked < widths[segment]:
                        part = elements[first[segment] + asked]
                        begin, end = int(cuts[part]) + 1, int(cuts[part + 1])
                        if not is_tidy:
                            begin, end = trimmed(codes, signs, begin, end)
                    said = head_of(codes, begin, end)
                for at in range(head_from[slot], head_until[slot]):
                    is_it = is_it or heads[at] == said
            if is_it:
                found[place] = segment
                counts[slot] += 1
                widest[slot] = max(widest[slot], widths[segment])


def groups(
    rows: Array,
    texts: Texts,
    offset: int,
    step: int,
    most: int,
    segments: Array,
    numbers: Array,
) -> int:
    """Each segment once for every group of elements that are not all empty, with its number; how many there are."""
    codes, signs, _cuts, _elements, bounds, _starts, first, widths, is_tidy = texts
    count = 0
    for row in rows:
        for group in range(most):
            is_there = False
            for element in range(offset + group * step, offset + (group + 1) * step):
                if element < widths[row]:
                    at = first[row] + element
                    begin, end = int(bounds[at]) + 1, int(bounds[at + 1])
                    if not is_tidy:
                        begin, end = trimmed(codes, signs, begin, end)
                    is_there = is_there or begin < end
            if is_there:
                segments[count], numbers[count] = row, group
                count += 1
    return count


def heads_of(rows: Array, texts: Texts, position: int, found: Array) -> None:
    """The head of an element, or of its first component, of each of some segments."""
    codes, signs, cuts, elements, _bounds, _starts, first, widths, is_tidy = texts
    for at in range(len(rows)):
        begin = end = 0
        if position < widths[rows[at]]:
            cell = first[rows[at]] + position
            part = elements[cell]
            begin, end = int(cuts[part]) + 1, int(cuts[part + 1])
            if not is_tidy:
                begin, end = trimmed(codes, signs, begin, end)
        found[at] = head_of(codes, begin, end)


def fill_texts(
    found: Array,
    offsets: Array,
    texts: Texts,
    words: Array,
    masks: Array,
    plan: Plan,
    views: Array,
) -> None:
    """Read the texts of a plan; `offsets` are added to the elements of grouped ones.

    `masks` has by length, up to thirteen for all longer ones, the bits of a view's two halves that hold the text.
    """
    codes, signs, cuts, elements, bounds, starts, first, widths, is_tidy = texts
    height = found.shape[1]
    for tile in range(0, height, _TILE):
        last = min(tile + _TILE, height)
        for column in range(len(plan.kind)):
            if plan.kind[column] != TEXT:
                continue
            place, component, is_grouped = plan.place[column], plan.component[column], plan.is_grouped[column]
            from_, until = plan.source_from[column], plan.source_until[column]
            slot, position = plan.slot[from_], plan.element[from_]
            segments, view = found[slot], views[place]
            for row in range(tile, last):
                segment, element = int(segments[row]), position
                # The first source that is there counts.
                for other in range(from_ + 1, until):
                    if segment < 0:
                        segment, element = int(found[plan.slot[other], row]), plan.element[other]
                begin = end = 0
                if segment >= 0:
                    if is_grouped:
                        element += offsets[row]
                    if element < widths[segment]:
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
                size = end - begin
                mask = 2 * min(size, _INLINE + 1)
                high = words[begin + _PREFIX] & masks[mask + 1]
                view[2 * row] = np.uint64(size) | ((words[begin] & masks[mask]) << np.uint64(32))
                view[2 * row + 1] = high if size <= _INLINE else np.uint64(begin) << np.uint64(32)


def fill_values(  # noqa: C901, PLR0912 - one loop over all is what makes it fast
    found: Array,
    offsets: Array,
    texts: Texts,
    plan: Plan,
    filled: Filled,
) -> None:
    """Read the numbers and days of a plan."""
    codes, signs, cuts, elements, bounds, starts, first, widths, is_tidy = texts
    decimals, days, all_bits, bad = filled.decimals, filled.days, filled.bits, filled.bad
    height = found.shape[1]
    for tile in range(0, height, _TILE):
        last = min(tile + _TILE, height)
        value = 0
        for column in range(len(plan.kind)):
            kind, place, component = plan.kind[column], plan.place[column], plan.component[column]
            if kind == TEXT:
                continue
            from_, until, is_grouped = plan.source_from[column], plan.source_until[column], plan.is_grouped[column]
            scale, bits = plan.decimals[column], all_bits[value]
            known = bad_count = 0
            for row in range(tile, last):
                segment, element = int(found[plan.slot[from_], row]), plan.element[from_]
                for other in range(from_ + 1, until):
                    if segment < 0:
                        segment, element = int(found[plan.slot[other], row]), plan.element[other]
                if segment < 0:
                    continue
                if is_grouped:
                    element += offsets[row]
                if element >= widths[segment]:
                    continue
                cell = first[segment] + element
                begin, end = int(bounds[cell]) + 1, int(bounds[cell + 1])
                if component:
                    part = int(elements[cell]) + component - 1
                    if part >= elements[cell + 1]:
                        continue
                    begin, end = int(cuts[part]) + 1, int(cuts[part + 1])
                if element == 0:
                    begin = int(starts[segment])
                if not is_tidy:
                    begin, end = trimmed(codes, signs, begin, end)
                if begin >= end:
                    continue
                if kind == DECIMAL:
                    number, is_good = decimal(codes, begin, end, scale)
                    decimals[place, row] = number
                else:
                    day, is_good = day_of(codes, begin, end, kind == LAST_DAY)
                    days[place, row] = day
                if is_good:
                    known += 1
                    bits[row >> 3] |= np.uint8(1 << (row & 7))
                else:
                    bad[value, row] = True
                    bad_count += 1
            filled.known[value] += known
            filled.bad_counts[value] += bad_count
            value += 1


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


def day_of(codes: Array, begin: int, end: int, is_last: bool) -> tuple[int, bool]:  # noqa: FBT001 - compiled
    """What `values.first_days` and `last_days` make of a text that is not empty; 0 where it is no day."""
    size = end - begin
    if size == _RANGE:
        if codes[begin + _DAY] != ord("-"):
            return 0, False
        if is_last:
            begin += _DAY + 1
    elif size not in (_DAY, _MOMENT):
        return 0, False
    number = 0
    for at in range(begin, begin + _DAY):
        digit = int(codes[at]) - ord("0")
        if digit < 0 or digit > 9:
            return 0, False
        number = number * 10 + digit
    year, month, day = number // 10_000, number // 100 % 100, number % 100
    if year < _FIRST_YEAR or year > _LAST_YEAR or month < 1 or month > _MONTHS or day < 1:
        return 0, False
    is_leap = (year % 4 == 0 and year % 100 != 0) or year % 400 == 0
    longest = 31
    if month in (4, 6, 9, 11):
        longest = 30
    elif month == 2:
        longest = 29 if is_leap else 28
    if day > longest:
        return 0, False
    # Years begin in March, so that a leap day is the last of one: months are then 153 days for every five.
    counted = year - (month <= 2)
    era = counted % 400
    passed = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return counted // 400 * 146_097 + era * 365 + era // 4 - era // 100 + passed - _TO_1970, True


def owner_keys(
    segments: Array,
    home: Array,
    begins: Array,
    is_leaf: Array,
    row_of: Array,
    first: int,
    latest: Array,
    began: Array,
    around: Array,
    carried: Array,
    found: Array,
) -> None:
    """The key of the row of one table around each segment, -1 for none: what `keys.Owners.at` gives.

    `around` are the places in `began` of loops that hold others, `carried` the keys of their occurrences that began
    before the first segment; `first` is the key of the table's first row.
    """
    for row in range(len(segments)):
        segment = segments[row]
        loop = int(home[segment])
        key = -1
        if loop >= 0 and is_leaf[loop]:
            begin = begins[segment]
            if begin >= 0 and row_of[begin] >= 0:
                key = first + row_of[begin]
        for at in range(len(around)):
            if key < 0:
                begin = began[around[at], latest[segment]]
                if begin == CARRIED:
                    key = carried[at]
                elif begin >= 0 and row_of[begin] >= 0:
                    key = first + row_of[begin]
        found[row] = key
