"""What kernels read for each table of a map: its look-ups, and what fills which column.

All of it is worked out once for a map; which columns a block has anything of is asked anew (`chosen`), and remembered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleanclaim.x12.columnar import arrow
from cleanclaim.x12.columnar.cells import head
from cleanclaim.x12.columnar.column_map import ColumnMap, ColumnSpec, LinkSpec, TableSpec
from cleanclaim.x12.columnar.filling import DECIMAL, FIRST_DAY, LAST_DAY, TEXT, Plan
from cleanclaim.x12.columnar.finding import Slots, Sought, Wanted
from cleanclaim.x12.columnar.loop_table import LoopTable
from cleanclaim.x12.columnar.owning import Identity
from cleanclaim.x12.columnar.walking import guide_of

_KINDS = {"text": TEXT, "first_day": FIRST_DAY, "last_day": LAST_DAY}
_PLACES = {"cents": 2, "thousandths": 3, "whole": 0}
VIEWS, DECIMALS, DAYS, BITS, CODES, SIZES, ZEROS = range(1, 8)
"""The matrices in which the columns of a table stand (`arrow.frame`)."""


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """What a table's columns are read from, worked out once for a map.

    Attributes:
        spec: the table.
        keys: its columns of keys and counts, in order: its own, those around it, links, the segment, the position.
        slots: its look-ups, those of one name together: the name's number, the qualifiers, the element that holds one.
        plan: its columns for the kernel.
        kinds: by column what it is.
        sources: by column the slots and elements it is read from, the first that is there counts.
        grouped, grouped_sources: by column, and by source, whether the element counts from a group's beginning.
        values: columns that are no texts, one type after the other.
    """

    spec: TableSpec
    keys: tuple[str, ...]
    slots: tuple[tuple[int, tuple[str, ...], int], ...]
    plan: Plan
    kinds: tuple[int, ...]
    sources: tuple[tuple[tuple[int, int], ...], ...]
    grouped: tuple[bool, ...]
    grouped_sources: NDArray[np.bool_]
    values: tuple[int, ...]


class Chosen(NamedTuple):
    """The columns of a table that a block has anything of.

    Attributes:
        places: by column its row in the matrix of its kind, -1 for none, and its row of bits, -1 for none.
        texts, decimals, days: how many rows the matrices have; keys stand before other decimals, the loop before other
            texts.
        values: how many rows of bits there are: those of keys, and of columns that are no texts.
        rows: by column of the map that is there and is no text, its row of bits.
        shape: the columns as Arrow takes them.
    """

    places: NDArray[np.int64]
    texts: int
    decimals: int
    days: int
    values: int
    rows: dict[int, int]
    shape: arrow.Shape


@cache
def layout_of(spec: TableSpec, table: LoopTable) -> Layout:
    """The layout of a table of a map with these loops."""

    def slot_of(column: ColumnSpec, segment: str) -> tuple[int, tuple[str, ...], int]:
        return table.number_of(segment), column.where, column.at

    every = [((column.segment, column.element), *column.others) for column in spec.columns]
    slots = sorted(
        {slot_of(column, name) for column, parts in zip(spec.columns, every, strict=True) for name, _ in parts}
    )
    sources = [
        # The rows of a table of segments are the only slot there is.
        tuple((0 if spec.segment else slots.index(slot_of(column, name)), element) for name, element in parts)
        for column, parts in zip(spec.columns, every, strict=True)
    ]
    types: dict[str, list[int]] = {}
    for at, column in enumerate(spec.columns):
        if column.type != "text":
            types.setdefault(column.type, []).append(at)
    begin = None if spec.repeat is None else spec.repeat.first
    grouped = tuple(begin is not None and column.element >= begin for column in spec.columns)
    return Layout(
        spec,
        _keys(spec),
        tuple(slots),
        _plan(spec, sources, grouped),
        tuple(_KINDS.get(column.type, DECIMAL) for column in spec.columns),
        tuple(sources),
        grouped,
        np.repeat(np.array(grouped, dtype=np.bool_), [len(parts) for parts in sources]),
        tuple(at for group in types.values() for at in group),
    )


def _keys(spec: TableSpec) -> tuple[str, ...]:
    own = (spec.key,) if spec.key else ()
    around = tuple(owner for owner in spec.owners if owner != spec.key)
    position = ("position",) if spec.repeat is not None else ()
    return (*own, *around, *(link.name for link in spec.links), "segment", *position)


def _plan(spec: TableSpec, sources: Sequence[Sequence[tuple[int, int]]], grouped: Sequence[bool]) -> Plan:
    """All columns of a table; those past the beginning of a repeated group count from it."""
    until = np.cumsum([len(one) for one in sources], dtype=np.int64)
    every = [one for parts in sources for one in parts]
    return Plan(
        np.array([_KINDS.get(column.type, DECIMAL) for column in spec.columns], dtype=np.int64),
        np.array([_PLACES.get(column.type, 0) for column in spec.columns], dtype=np.int64),
        np.concatenate((np.zeros(1, dtype=np.int64), until[:-1])),
        until,
        np.array([slot for slot, _ in every], dtype=np.int64),
        np.array([element for _, element in every], dtype=np.int64),
        np.array([column.component for column in spec.columns], dtype=np.int64),
        np.array(grouped, dtype=np.bool_),
    )


@cache
def identity_of(columns: ColumnMap, spec: TableSpec) -> Identity:
    """The columns of keys of a table: owners as places in `ColumnMap.keyed`, links as places in `link_names`."""
    tables, links = [one.key for one in keyed(columns)], [link.name for link in links_of(columns)]
    return Identity(
        bool(spec.key),
        np.array([tables.index(owner) for owner in spec.owners if owner != spec.key], dtype=np.int64),
        np.array([links.index(link.name) for link in spec.links], dtype=np.int64),
        spec.repeat is not None,
    )


@cache
def keyed(columns: ColumnMap) -> tuple[TableSpec, ...]:
    """The tables of a map whose rows have keys."""
    return columns.keyed()


@cache
def of_loops(columns: ColumnMap) -> tuple[tuple[TableSpec, tuple[int, ...]], ...]:
    """The tables of a map whose rows are occurrences of loops, each with the numbers of those."""
    number = columns.loops.number
    return tuple((spec, tuple(map(number, spec.loops))) for spec in columns.tables if not spec.segment)


@cache
def loops_of_owners(columns: ColumnMap) -> tuple[NDArray[np.bool_], tuple[tuple[int, ...], ...], NDArray[np.int64]]:
    """The loops of the tables with keys, as `owning.Owned` has them.

    By table and loop whether it is one of those that hold no others; by table its other loops; their places in
    `Way.began`, -1 past the last.
    """
    loops = columns.loops
    numbers = [those for spec, those in of_loops(columns) if spec.key]
    is_leaf = np.zeros((len(numbers), len(loops.ids)), dtype=np.bool_)
    others = []
    for at, those in enumerate(numbers):
        leaves = [loop for loop in those if not loops.is_level[loop] and not loops.holds[loop]]
        is_leaf[at, leaves] = True
        others.append(tuple(loop for loop in those if loop not in leaves))
    places = np.full((len(numbers), max(map(len, others), default=0)), -1, dtype=np.int64)
    for at, those in enumerate(others):
        places[at, : len(those)] = guide_of(loops).tracked_at.take(np.array(those, dtype=np.int64))
    return is_leaf, tuple(others), places


@cache
def links_of(columns: ColumnMap) -> tuple[LinkSpec, ...]:
    """The links of all tables of a map, each once."""
    return tuple({link.name: link for spec in columns.tables for link in spec.links}.values())


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


@cache
def rows_sought(columns: ColumnMap) -> Sought:
    """By name the tables of a map whose rows are such segments."""
    loops = columns.loops
    keys = [(loops.number_of(spec.segment) if spec.segment else loops.name_count + 1,) for spec in columns.tables]
    return _sought(columns.tables, keys, loops.name_count + 1, loops)


@cache
def beginnings_sought(columns: ColumnMap) -> Sought:
    """By loop the tables of loops whose rows begin where it opens."""
    tables = of_loops(columns)
    count = len(columns.loops.ids)
    return _sought([spec for spec, _ in tables], [loops for _, loops in tables], count, columns.loops)


def _sought(specs: Sequence[TableSpec], keys: Sequence[tuple[int, ...]], count: int, loops: LoopTable) -> Sought:
    """The tables by key; a table without loops has its rows in all of them. Keys that are too large are nobody's."""
    until: list[int] = []
    tables: list[int] = []
    for key in range(count):
        tables.extend(at for at, those in enumerate(keys) if key in those)
        until.append(len(tables))
    is_inside = np.zeros((len(specs), len(loops.ids)), dtype=np.bool_)
    for at, spec in enumerate(specs):
        is_inside[at, [loops.number(loop) for loop in spec.loops] if spec.loops else slice(None)] = True
    return Sought(
        np.array([0, *until[:-1]], dtype=np.int64),
        np.array(until, dtype=np.int64),
        np.array(tables, dtype=np.int64),
        is_inside,
    )


def chosen(layout: Layout, slots: Slots) -> Chosen:
    """The columns that the slots have anything of: the others cost nothing."""
    plan, slot = layout.plan, layout.plan.slot
    # All sources follow each other, those of one column together.
    is_there = plan.element < slots.widest.take(slot)
    is_there |= layout.grouped_sources
    is_there &= slots.counts.take(slot) > 0
    return _chosen(layout, np.logical_or.reduceat(is_there, plan.source_from).tobytes())


@lru_cache(maxsize=512)
def _chosen(layout: Layout, there: bytes) -> Chosen:
    """The same of columns of which a byte each says whether there is anything."""
    spec, is_there = layout.spec, list(map(bool, there))
    keys = len(layout.keys)
    counts = {VIEWS: int(spec.shows_loop), DECIMALS: keys, DAYS: 0}
    values = keys
    first = [
        arrow.Column(name, arrow.NUMBER, ((BITS, row), (DECIMALS, row)), row) for row, name in enumerate(layout.keys)
    ]
    if spec.shows_loop:
        # The loop stands past the segment, and before the position of a group.
        at = layout.keys.index("segment") + 1
        first.insert(at, arrow.Column("loop", arrow.TEXT, _text(0)))
    columns, places, rows = first, np.full((len(is_there), 2), -1, dtype=np.int64), {}
    for at, (column, kind, some) in enumerate(zip(spec.columns, layout.kinds, is_there, strict=True)):
        form, matrix = {TEXT: (arrow.TEXT, VIEWS), DECIMAL: (arrow.NUMBER, DECIMALS)}.get(kind, (arrow.DAY, DAYS))
        if not some:
            nothing = ((0, 0), (ZEROS, 0), (ZEROS, 0)) if kind == TEXT else ((ZEROS, 0), (ZEROS, 0))
            columns.append(arrow.Column(column.name, form, nothing, None if kind == TEXT else arrow.ALL_NULL))
            continue
        places[at, 0] = place = counts[matrix]
        counts[matrix] += 1
        if kind == TEXT:
            columns.append(arrow.Column(column.name, form, _text(place)))
        else:
            columns.append(arrow.Column(column.name, form, ((BITS, values), (matrix, place)), values))
            places[at, 1] = rows[at] = values
            values += 1
    return Chosen(places, counts[VIEWS], counts[DECIMALS], counts[DAYS], values, rows, arrow.shape_of(columns))


def _text(row: int) -> tuple[tuple[int, int], ...]:
    return (0, 0), (VIEWS, row), (CODES, 0), (SIZES, 0)
