"""The tables of a stretch of transactions read by kernels: one look-up and one reading for all columns of a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from cleanclaim.x12.columnar import arrow, figures, filling, owning
from cleanclaim.x12.columnar.cells import INLINE, PREFIX
from cleanclaim.x12.columnar.column_map import ColumnSpec, Repeat, TableSpec
from cleanclaim.x12.columnar.compiled import kernel
from cleanclaim.x12.columnar.filling import Filled, Known
from cleanclaim.x12.columnar.finding import Slots, groups, heads_of, look_up
from cleanclaim.x12.columnar.layouts import Chosen, Layout, chosen, identity_of, layout_of, wanted_of
from cleanclaim.x12.columnar.texts import head_of, trimmed
from cleanclaim.x12.columnar.tokens import Offsets, Tokens, Words

if TYPE_CHECKING:
    from cleanclaim.x12.columnar.keys import Keys
    from cleanclaim.x12.columnar.placing import Placed


@dataclass(frozen=True, slots=True, eq=False)
class Bad:
    """Texts of one column that are no values of its type, by the segment and the element in which they stand."""

    column: ColumnSpec
    segments: Offsets
    elements: Offsets


class Made(NamedTuple):
    """A table, what in it is no value, one type after the other, and the segments of rows that belong to nothing."""

    frame: pl.DataFrame
    bad: list[Bad]
    nobodys: Offsets


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """The rows of a table: their segments, the group of elements that each is, where it is one, and their slots."""

    segments: NDArray[np.int32]
    groups: NDArray[np.int32] | None
    slots: Slots


def heads(tokens: Tokens, segments: Offsets, position: int) -> Words:
    """What `cells.head` gives for the element, or its first component, of each of these segments."""
    found = np.empty(len(segments), dtype=np.uint64)
    kernel(heads_of, head_of, trimmed)(segments, tokens.texts, position, found)
    return found


def groups_of(tokens: Tokens, rows: Offsets, repeat: Repeat) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Each segment once for every group of elements that are not all empty, and the number of that group."""
    widest = int(tokens.widths.take(rows).max())
    most = min(repeat.count, max(0, -(-(widest - repeat.first) // repeat.step)))
    segments, numbers = (np.empty(len(rows) * most, dtype=np.int32) for _ in range(2))
    count = kernel(groups, trimmed)(rows, tokens.texts, repeat.first, repeat.step, most, segments, numbers)
    return segments[:count], numbers[:count]


def looked_up(
    tokens: Tokens, placed: Placed, keys: Keys, tables: Sequence[tuple[TableSpec, Offsets]]
) -> dict[TableSpec, Slots]:
    """For each row of some tables, given by the segments that begin them, the first segment for each of their slots."""
    found: dict[TableSpec, Slots] = {}
    rest = list(tables)
    if keys.owned is not None and rest:
        # No two of them have rows that begin with the same segment.
        _look_up(tokens, placed, rest, keys.owned.row_of, found)
        return found
    while rest:
        # Tables whose rows begin with the same segments are looked up one after the other.
        row_of = np.full(len(tokens), -1, dtype=np.int32)
        now: list[tuple[TableSpec, Offsets]] = []
        later: list[tuple[TableSpec, Offsets]] = []
        met: set[str] = set()
        for spec, rows in rest:
            if met.isdisjoint(spec.loops) and not (row_of.take(rows) >= 0).any():
                row_of[rows] = np.arange(len(rows), dtype=np.int32)
                met.update(spec.loops)
                now.append((spec, rows))
            else:
                later.append((spec, rows))
        _look_up(tokens, placed, now, row_of, found)
        rest = later
    return found


def _look_up(
    tokens: Tokens,
    placed: Placed,
    tables: Sequence[tuple[TableSpec, Offsets]],
    row_of: NDArray[np.int32],
    found: dict[TableSpec, Slots],
) -> None:
    specs = tuple(spec for spec, _ in tables)
    wanted = wanted_of(specs, placed.table)
    heights = np.array(
        [len(rows) for spec, rows in tables for _ in layout_of(spec, placed.table).slots], dtype=np.int64
    )
    until = np.cumsum(heights)
    every = np.full(int(until[-1]), -1, dtype=np.int32)
    counts, widest = np.zeros(len(heights), dtype=np.int64), np.zeros(len(heights), dtype=np.int64)
    run = kernel(look_up, head_of, trimmed)
    run(
        placed.names,
        placed.home,
        placed.begins,
        row_of,
        tokens.texts,
        wanted,
        until - heights,
        every,
        counts,
        widest,
    )
    slot = begin = 0
    for spec, rows in tables:
        last = slot + len(layout_of(spec, placed.table).slots)
        end = int(until[last - 1])
        mine = every[begin:end].reshape(last - slot, len(rows))
        found[spec] = Slots(mine, counts[slot:last], widest[slot:last])
        slot, begin = last, end


def taken(segments: NDArray[np.int32], widest: int) -> Slots:
    """The one slot of a table whose rows are segments, none with more elements than the `widest`."""
    return Slots(segments[np.newaxis], np.array([len(segments)]), np.array([widest]))


def table(tokens: Tokens, placed: Placed, keys: Keys, layout: Layout, rows: Rows, first: int) -> Made:
    """A table of these rows; `first` is the number of the first segment in the file."""
    spec, height = layout.spec, len(rows.segments)
    asked = chosen(layout, rows.slots)
    filled = _room(asked, height)
    _identify(placed, keys, layout, rows, first, filled)
    shift = _no_rows()
    if rows.groups is not None and spec.repeat is not None:
        shift = rows.groups * np.int32(spec.repeat.step)
    parts = *filling.PARTS, *figures.PARTS, figures.decimal, figures.short_decimal, figures.short_day
    read = kernel(filling.fill, trimmed, *parts)
    read(rows.slots.found, shift, tokens.texts, tokens.words, _known(), layout.plan, asked.places, filled)
    nulls = height - filled.good_counts
    nobodys = _no_rows()
    if spec.needs and nulls[layout.keys.index(spec.needs)]:
        nobodys = rows.segments[filled.decimals[layout.keys.index(spec.needs)] < 0]
    sizes, shared = np.array([len(tokens.codes)], dtype=np.int64), arrow.zeros(height)
    # In the order of `layouts.VIEWS` and what follows it, after what is no buffer.
    held = filled.views, filled.decimals, filled.days, filled.bits, tokens.codes, sizes, shared
    bases = (0, *map(arrow.address, held))
    steps = (0, 16 * height, 8 * height, 4 * height, filled.bits.shape[1], 0, 0, 0)
    frame = arrow.frame_of(asked.shape, bases, steps, nulls, height, held)
    return Made(frame, _bad(layout, rows.slots, shift, filled, asked.rows), nobodys)


def _room(made: Chosen, height: int) -> Filled:
    """Room for all columns of a table; bits hold zeros."""
    # None are missing, or all, in columns without a count.
    counts = np.zeros((2, made.values + 2), dtype=np.int64)
    counts[0, -2] = height
    # A row more than none, so that the kernel need not ask.
    return Filled(
        np.empty((max(made.texts, 1), 2 * height), dtype=np.uint64),
        np.empty((made.decimals, height), dtype=np.int64),
        np.empty((max(made.days, 1), height), dtype=np.int32),
        np.zeros((made.values, (height + 7) // 8), dtype=np.uint8),
        counts[0],
        np.zeros((made.values, height), dtype=np.bool_),
        counts[1],
    )


def _identify(placed: Placed, keys: Keys, layout: Layout, rows: Rows, first: int, filled: Filled) -> None:
    """Fill in the keys of a table, the numbers of its segments, its positions and loops."""
    spec, segments, groups = layout.spec, rows.segments, _no_rows() if rows.groups is None else rows.groups
    numbers, bits, counts = filled.decimals, filled.bits, filled.good_counts
    words, loops = arrow.views_of(placed.table.ids), filled.views[0] if spec.shows_loop else filled.views[0, :0]
    begin = keys.first[spec.name] if spec.key else 0
    if keys.owned is not None and placed.way is not None:
        identity = identity_of(keys.columns, spec)
        run = kernel(owning.identify, *owning.PARTS)
        run(segments, groups, begin, first, identity, placed.way, keys.owned, words, numbers, bits, counts, loops)
        return
    # All keys of its own are there, as are numbers of segments and positions.
    counts[: len(layout.keys)] = len(segments)
    place = int(bool(spec.key))
    if spec.key:
        numbers[0] = np.arange(begin, begin + len(segments))
    for found in (
        *(keys.owner(owner).at(segments) for owner in spec.owners if owner != spec.key),
        *(keys.links[link.name].at(segments) for link in spec.links),
    ):
        numbers[place], bits[place] = found, np.packbits(found >= 0, bitorder="little")
        counts[place] = np.count_nonzero(found >= 0)
        place += 1
    # A file may have more segments than a number of 32 bits counts.
    np.add(segments, first, out=numbers[place], dtype=np.int64)
    if rows.groups is not None:
        np.add(groups, 1, out=numbers[place + 1])
    if spec.shows_loop:
        loops[:] = words.reshape(-1, 2).take(placed.home.take(segments), axis=0).ravel()


@cache
def _no_rows() -> NDArray[np.int32]:
    return np.zeros(0, dtype=np.int32)


@cache
def _known() -> Known:
    """What `fill` needs besides, worked out once."""
    masks = np.zeros((INLINE + 2, 2), dtype=np.uint64)
    for length in range(INLINE + 2):
        rest = min(max(length - PREFIX, 0), INLINE - PREFIX)
        masks[length] = (1 << (8 * min(length, PREFIX))) - 1, (1 << (8 * rest)) - 1
    return Known(masks.ravel(), figures.months())


def _bad(layout: Layout, slots: Slots, shift: Offsets, filled: Filled, values: dict[int, int]) -> list[Bad]:
    if not filled.bad_counts.any():
        return []
    found = []
    for at in layout.values:
        if at not in values:
            continue
        rows = np.flatnonzero(filled.bad[values[at]])
        segments = np.full(len(rows), -1, dtype=np.int64)
        elements = np.zeros(len(rows), dtype=np.int64)
        for slot, element in layout.sources[at]:
            there = slots.found[slot].take(rows)
            is_first = (segments < 0) & (there >= 0)
            segments[is_first], elements[is_first] = there[is_first], element
        if layout.grouped[at]:
            elements += shift[rows]
        if len(rows):
            found.append(Bad(layout.spec.columns[at], segments, elements))
    return found
