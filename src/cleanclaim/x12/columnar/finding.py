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


def sorted_out(names: Array, home: Array, sought: Sought) -> list[Array]:
    """By table the segments that are its rows, in order; `names` are what `sought` is by."""
    run, none = kernel(_sort_out), np.zeros(0, dtype=np.int64)
    counts = np.zeros(len(sought.is_inside), dtype=np.int64)
    run(names, home, sought, none, none, counts)
    until = np.cumsum(counts)
    base = until - counts
    rows = np.empty(int(counts.sum()) + 1, dtype=np.int64)
    counts[:] = 0
    run(names, home, sought, base, rows, counts)
    return [rows[begin:end] for begin, end in zip(base.tolist(), until.tolist(), strict=True)]


def _sort_out(names: Array, home: Array, sought: Sought, base: Array, rows: Array, counts: Array) -> None:
    """Sort segments out by table, those of each from its `base` in `rows` on; only count them without room."""
    from_of, until_of, tables, is_inside = sought
    is_kept = len(rows) > 0
    for segment in range(len(names)):
        loop, name = int(home[segment]), int(names[segment])
        if loop < 0:
            continue
        for at in range(from_of[name], until_of[name]):
            table = tables[at]
            if is_inside[table, loop]:
                if is_kept:
                    rows[base[table] + counts[table]] = segment
                counts[table] += 1


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
