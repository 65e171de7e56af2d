"""Which segments a table's rows are read from, as kernels: what `gather` finds with whole columns.

Rows look segments up by name and qualifier, each such look-up a *slot*; rows of repeated elements are told group by
group. Results are those of `gather.Gatherer` without kernels.
"""

# ruff: noqa: PLR0913, PLR0917 - kernels take arrays one by one

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from cleanclaim.x12.columnar.compiled import kernel
from cleanclaim.x12.columnar.texts import Array, Texts, head_of, trimmed


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


class Sought(NamedTuple):
    """Which segments are rows of which tables: by name, or opened loop, the tables it may be a row of.

    `from_` and `until` are places in `tables`; `is_inside` says by table and loop whether its rows stand there.
    """

    from_: Array
    until: Array
    tables: Array
    is_inside: Array


class Sorted(NamedTuple):
    """The segments that are rows of one table, in order, and how many elements the longest of them has."""

    rows: Array
    widest: int


def sorted_out(names: Array, home: Array, widths: Array, sought: Sought) -> list[Sorted]:
    """By table its rows; `names` are what `sought` is by, `widths` how many elements each segment has."""
    rows, base, counts, widest = kernel(_sort_out)(names, home, widths, sought)
    return [
        Sorted(rows[begin : begin + count], most)
        for begin, count, most in zip(base.tolist(), counts.tolist(), widest.tolist(), strict=True)
    ]


def _sort_out(names: Array, home: Array, widths: Array, sought: Sought) -> tuple[Array, Array, Array, Array]:
    """Segments sorted out by table; where the rows of each begin, how many there are, and their longest's elements."""
    from_of, until_of, tables, is_inside = sought
    # No table has more rows than there are segments of its names.
    several = np.zeros(len(from_of), dtype=np.int64)
    for segment in range(len(names)):
        if home[segment] >= 0:
            several[names[segment]] += 1
    base, counts = np.zeros(len(is_inside) + 1, dtype=np.int64), np.zeros(len(is_inside), dtype=np.int64)
    widest = np.zeros(len(is_inside), dtype=np.int64)
    for name in range(len(from_of)):
        for at in range(from_of[name], until_of[name]):
            base[tables[at] + 1] += several[name]
    base = np.cumsum(base)
    rows = np.empty(base[-1], dtype=np.int32)
    for segment in range(len(names)):
        loop, name = int(home[segment]), int(names[segment])
        if loop < 0:
            continue
        for at in range(from_of[name], until_of[name]):
            table = tables[at]
            if is_inside[table, loop]:
                rows[base[table] + counts[table]] = segment
                counts[table] += 1
                widest[table] = max(widest[table], widths[segment])
    return rows, base[:-1], counts, widest


def number_rows(rows: Array, row_of: Array) -> bool:
    """Write down by segment the row that it begins; False where one begins a row of another table already."""
    for row in range(len(rows)):
        if row_of[rows[row]] >= 0:
            return False
        row_of[rows[row]] = row
    return True


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
    sure = np.uint64
    for segment in range(len(names)):
        loop, begin_row = int(home[segment]), begins[segment]
        if loop < 0 or begin_row < 0:
            continue
        name = sure(names[segment])
        from_, until = from_of[sure(loop), name], until_of[sure(loop), name]
        if from_ == until:
            continue
        row = int(row_of[sure(begin_row)])
        if row < 0:
            continue
        asked = -1
        said = sure(0)
        for one in range(from_, until):
            slot = sure(one)
            place = sure(base[slot] + row)
            if found[place] >= 0:
                continue
            is_it = head_from[slot] == head_until[slot]
            if not is_it:
                if asked != position[slot]:
                    asked = position[slot]
                    begin = end = 0
                    if asked < widths[segment]:
                        part = sure(elements[sure(first[segment] + asked)])
                        begin, end = int(cuts[part]) + 1, int(cuts[part + sure(1)])
                        if not is_tidy:
                            begin, end = trimmed(codes, signs, begin, end)
                    said = head_of(codes, begin, end)
                for at in range(head_from[slot], head_until[slot]):
                    is_it = is_it or heads[sure(at)] == said
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
