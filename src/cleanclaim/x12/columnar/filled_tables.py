"""The tables of a stretch of transactions read by kernels: one look-up and one reading for all columns of a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cleanclaim.x12.columnar import arrow
from cleanclaim.x12.columnar.cells import INLINE, PREFIX, head
from cleanclaim.x12.columnar.column_map import ColumnSpec, Repeat, TableSpec
from cleanclaim.x12.columnar.compiled import kernel
from cleanclaim.x12.columnar.filling import (
    DECIMAL,
    FIRST_DAY,
    LAST_DAY,
    TEXT,
    Filled,
    Plan,
    Slots,
    Wanted,
    day_of,
    decimal,
    fill_texts,
    fill_values,
    groups,
    heads_of,
    look_up,
)
from cleanclaim.x12.columnar.loop_table import LoopTable
from cleanclaim.x12.columnar.texts import head_of, trimmed
from cleanclaim.x12.columnar.tokens import Offsets, Tokens, Words

if TYPE_CHECKING:
    from cleanclaim.x12.columnar.placing import Placed

_KINDS = {"text": TEXT, "first_day": FIRST_DAY, "last_day": LAST_DAY}
_PLACES = {"cents": 2, "thousandths": 3, "whole": 0}


@dataclass(frozen=True, slots=True, eq=False)
class Bad:
    """Texts of one column that are no values of its type, by the segment and the element in which they stand."""

    column: ColumnSpec
    segments: Offsets
    elements: Offsets


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """What a table's columns are read from, worked out once for a map.

    Attributes:
        columns: those of the map.
        slots: its look-ups, those of one name together: the name's number, the qualifiers, the element that holds one.
        plan: all columns; `place` is not told yet.
        sources: by column the slots and elements it is read from, one after the other.
        groups: texts, decimals and days: which columns are one.
        values: columns that are no texts, one type after the other.
    """

    columns: tuple[ColumnSpec, ...]
    slots: tuple[tuple[int, tuple[str, ...], int], ...]
    plan: Plan
    sources: tuple[tuple[tuple[int, int], ...], ...]
    groups: NDArray[np.bool_]
    values: tuple[int, ...]


@cache
def layout_of(spec: TableSpec, table: LoopTable) -> Layout:
    """The layout of a table of a map with these loops."""

    def slot_of(column: ColumnSpec, segment: str) -> tuple[int, tuple[str, ...], int]:
        return table.number_of(segment), column.where, column.at

    every = [((column.segment, column.element), *column.others) for column in spec.columns]
    slots = sorted(
        {slot_of(column, name) for column, parts in zip(spec.columns, every, strict=True) for name, _ in parts}
    )
    places = [
        # The rows of a table of segments are the only slot there is.
        [(0 if spec.segment else slots.index(slot_of(column, name)), element) for name, element in parts]
        for column, parts in zip(spec.columns, every, strict=True)
    ]
    types: dict[str, list[int]] = {}
    for at, column in enumerate(spec.columns):
        if column.type != "text":
            types.setdefault(column.type, []).append(at)
    plan = _plan(spec, places)
    return Layout(
        spec.columns,
        tuple(slots),
        plan,
        tuple(tuple(one) for one in places),
        np.stack([np.isin(plan.kind, group) for group in ((TEXT,), (DECIMAL,), (FIRST_DAY, LAST_DAY))]),
        tuple(at for group in types.values() for at in group),
    )


@cache
def wanted_of(specs: tuple[TableSpec, ...], table: LoopTable) -> Wanted:
    """The look-ups of several tables, whose rows are occurrences of loops, one table after the other."""
    shape = len(table.ids), table.name_count + 1
    from_, until = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    said: list[int] = []
    position: list[int] = []
    head_from, head_until = [], []
    for spec in specs:
        loops = [table.number(loop) for loop in spec.loops]
        for name, where, at in layout_of(spec, table).slots:
            # A name without a meaning in the guide stands in no loop.
            for loop in loops:
                if not until[loop, name]:
                    from_[loop, name] = len(position)
                until[loop, name] = len(position) + 1
            position.append(at)
            head_from.append(len(said))
            said.extend(head(value) for value in where)
            head_until.append(len(said))
    return Wanted(
        from_,
        until,
        np.array(position, dtype=np.int64),
        np.array(head_from, dtype=np.int64),
        np.array(head_until, dtype=np.int64),
        np.array(said, dtype=np.uint64),
    )


def _plan(spec: TableSpec, places: Sequence[Sequence[tuple[int, int]]]) -> Plan:
    """All columns of a table; those past the beginning of a repeated group count from it."""
    until = np.cumsum([len(one) for one in places], dtype=np.int64)
    from_ = np.concatenate((np.zeros(1, dtype=np.int64), until[:-1]))
    every = [one for sources in places for one in sources]
    begin = None if spec.repeat is None else spec.repeat.first
    return Plan(
        np.array([_KINDS.get(column.type, DECIMAL) for column in spec.columns], dtype=np.int64),
        np.array([_PLACES.get(column.type, 0) for column in spec.columns], dtype=np.int64),
        from_,
        until,
        np.array([slot for slot, _ in every], dtype=np.int64),
        np.array([element for _, element in every], dtype=np.int64),
        np.array([column.component for column in spec.columns], dtype=np.int64),
        np.array([begin is not None and column.element >= begin for column in spec.columns], dtype=np.bool_),
        np.zeros(len(spec.columns), dtype=np.int64),
    )


def heads(tokens: Tokens, segments: Offsets, position: int) -> Words:
    """What `cells.head` gives for the element, or its first component, of each of these segments."""
    found = np.empty(len(segments), dtype=np.uint64)
    kernel(heads_of, head_of, trimmed)(segments, tokens.texts, position, found)
    return found


def groups_of(tokens: Tokens, rows: Offsets, repeat: Repeat) -> tuple[Offsets, Offsets]:
    """Each segment once for every group of elements that are not all empty, and the number of that group."""
    widest = int(tokens.widths[rows].max()) - 1
    most = min(repeat.count, max(0, -(-(widest - repeat.first + 1) // repeat.step)))
    segments, numbers = (np.empty(len(rows) * most, dtype=np.int64) for _ in range(2))
    count = kernel(groups, trimmed)(rows, tokens.texts, repeat.first, repeat.step, most, segments, numbers)
    return segments[:count], numbers[:count]


def looked_up(tokens: Tokens, placed: Placed, tables: Sequence[tuple[TableSpec, Offsets]]) -> dict[TableSpec, Slots]:
    """For each row of some tables, given by the segments that begin them, the first segment for each of their slots."""
    found: dict[TableSpec, Slots] = {}
    rest = list(tables)
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


def taken(tokens: Tokens, rows: Offsets) -> Slots:
    """The one slot of a table whose rows are segments."""
    return Slots(
        rows.astype(np.int32)[np.newaxis, :],
        np.array([len(rows)]),
        np.array([int(tokens.widths.take(rows).max())]),
    )


def columns(
    tokens: Tokens, layout: Layout, slots: Slots, offsets: Offsets | None
) -> tuple[list[arrow.Field], list[Bad]]:
    """The columns of a table, and what in them is no value, one type after the other."""
    height = slots.found.shape[1]
    kinds = layout.plan.kind
    is_there = np.array(_there(layout, slots))
    there = np.flatnonzero(is_there)
    # By kind the columns count from nothing, so that each has a row of the matrix of its kind.
    of_group = layout.groups & is_there
    counts = of_group.sum(axis=1).tolist()
    place = ((np.cumsum(of_group, axis=1) - 1) * of_group).sum(axis=0)
    values = counts[1] + counts[2]
    views = np.empty((counts[0], 2 * height), dtype=np.uint64)
    filled = Filled(
        np.zeros((counts[1], height), dtype=np.int64),
        np.zeros((counts[2], height), dtype=np.int32),
        np.zeros((values, (height + 7) // 8), dtype=np.uint8),
        np.zeros(values, dtype=np.int64),
        np.zeros((values, height), dtype=np.bool_),
        np.zeros(values, dtype=np.int64),
    )
    plan = layout.plan._replace(
        kind=kinds.take(there),
        decimals=layout.plan.decimals.take(there),
        source_from=layout.plan.source_from.take(there),
        source_until=layout.plan.source_until.take(there),
        component=layout.plan.component.take(there),
        is_grouped=layout.plan.is_grouped.take(there),
        place=place.take(there),
    )
    shift = np.zeros(0, dtype=np.int64) if offsets is None else offsets
    if counts[0]:
        read = kernel(fill_texts, trimmed)
        read(slots.found, shift, tokens.texts, tokens.words, masks(), plan, views)
    if values:
        evaluate = kernel(fill_values, trimmed, decimal, day_of)
        evaluate(slots.found, shift, tokens.texts, plan, filled)
    texts = arrow.Texts(views, tokens.codes, tokens.codes[:0])
    return _fields(layout, texts, filled, place, is_there), _bad(layout, slots, offsets, filled, is_there)


@cache
def masks() -> Words:
    """By length, thirteen for more than twelve: the bits of a view's halves that hold the text, its length left out."""
    found = np.zeros((INLINE + 2, 2), dtype=np.uint64)
    for length in range(INLINE + 2):
        rest = min(max(length - PREFIX, 0), INLINE - PREFIX)
        found[length] = (1 << (8 * min(length, PREFIX))) - 1, (1 << (8 * rest)) - 1
    return found.ravel()


def _there(layout: Layout, slots: Slots) -> list[bool]:
    """Which columns the file has anything of: the others cost nothing."""
    counts, widest = slots.counts.tolist(), slots.widest.tolist()
    grouped = layout.plan.is_grouped.tolist()
    return [
        any(counts[slot] and (grouped[at] or element < widest[slot]) for slot, element in sources)
        for at, sources in enumerate(layout.sources)
    ]


def _fields(
    layout: Layout, texts: arrow.Texts, filled: Filled, place: NDArray[np.int64], is_there: NDArray[np.bool_]
) -> list[arrow.Field]:
    """The columns as Arrow takes them."""
    height = filled.bad.shape[1]
    decimals, days, bits = arrow.Rows(filled.decimals), arrow.Rows(filled.days), arrow.Rows(filled.bits)
    known = filled.known.tolist()
    found: list[arrow.Field] = []
    value = 0
    for column, at, kind, some in zip(
        layout.columns, place.tolist(), layout.plan.kind.tolist(), is_there.tolist(), strict=True
    ):
        if not some:
            found.append(arrow.nothing(column.name, _form(kind), height))
        elif kind == TEXT:
            found.append(texts.field(column.name, at))
        else:
            missing = height - known[value]
            rows = decimals if kind == DECIMAL else days
            found.append(
                arrow.Field(
                    column.name,
                    _form(kind),
                    missing,
                    (bits.at(value) if missing else 0, rows.at(at)),
                    (filled,),
                )
            )
            value += 1
    return found


def _form(kind: int) -> bytes:
    return {TEXT: arrow.TEXT, DECIMAL: arrow.NUMBER}.get(kind, arrow.DAY)


def _bad(
    layout: Layout,
    slots: Slots,
    offsets: Offsets | None,
    filled: Filled,
    is_there: NDArray[np.bool_],
) -> list[Bad]:
    if not filled.bad_counts.any():
        return []
    values = [at for at in np.flatnonzero(is_there).tolist() if layout.plan.kind[at] != TEXT]
    found = []
    for at in layout.values:
        if not is_there[at]:
            continue
        rows = np.flatnonzero(filled.bad[values.index(at)])
        segments = np.full(len(rows), -1, dtype=np.int64)
        elements = np.zeros(len(rows), dtype=np.int64)
        for slot, element in layout.sources[at]:
            there = slots.found[slot].take(rows)
            is_first = (segments < 0) & (there >= 0)
            segments[is_first], elements[is_first] = there[is_first], element
        if offsets is not None and layout.plan.is_grouped[at]:
            elements += offsets[rows]
        if len(rows):
            found.append(Bad(layout.columns[at], segments, elements))
    return found
