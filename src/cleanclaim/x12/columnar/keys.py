"""Keys of rows, continuous over a file, and the keys of what is around a row even where that stood in an earlier block.

Keys are given before any column is read, from the places of segments alone: so blocks can be read side by side.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cleanclaim.x12.columnar.column_map import ColumnMap, TableSpec
from cleanclaim.x12.columnar.placing import LoopState, Placed, instance
from cleanclaim.x12.columnar.tokens import Offsets

NO_KEY = -1


@dataclass(frozen=True, slots=True)
class KeyState:
    """What the next stretch needs: next key by table, the keys of rows still open by loop, and links by name."""

    following: dict[str, int] = field(default_factory=dict)
    open: dict[tuple[str, int], int] = field(default_factory=dict)
    links: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Keys:
    """The rows of keyed tables among some segments.

    `rows[table]` are the segments that begin a row; their keys count up from `first[table]`.
    """

    rows: dict[str, Offsets]
    first: dict[str, int]
    owners: dict[str, NDArray[np.int64]]
    """By table: the key of the row around each segment; -1 for none."""
    links: dict[str, NDArray[np.int64]]
    """By link: the key of the party that holds at each segment."""


def beginnings(placed: Placed, loops: tuple[int, ...]) -> Offsets:
    """Segments that begin an occurrence of one of the loops, whether or not they are the segment that opens it."""
    wanted = np.zeros(len(placed.table.ids) + 1, dtype=np.bool_)
    wanted[list(loops)] = True
    found: Offsets = np.flatnonzero(wanted[placed.opened])
    begun = [row for loop in loops for row in placed.begun.get(loop, ())]
    if begun:
        found = np.union1d(found, np.array(begun))
    if 0 in loops:
        # A transaction begins where its span does, header or not.
        starts = np.flatnonzero((placed.transactions >= 0) & (placed.floors == np.arange(len(placed.floors))))
        found = np.union1d(found, starts)
    return found


def assign(placed: Placed, columns: ColumnMap, start: KeyState, loop_state: LoopState) -> tuple[Keys, KeyState]:
    """Give every row its key and every segment the keys of the rows around it."""
    table = placed.table
    rows: dict[str, Offsets] = {}
    first: dict[str, int] = {}
    owners: dict[str, NDArray[np.int64]] = {}
    following, held = dict(start.following), {}
    for spec in columns.keyed():
        loops = tuple(table.number(loop) for loop in spec.loops)
        begin = beginnings(placed, loops)
        rows[spec.name] = begin
        first[spec.name] = following.get(spec.name, 0)
        following[spec.name] = first[spec.name] + len(begin)
        owners[spec.name] = _owner(placed, spec, begin, first[spec.name], start, loop_state)
        for loop in loops:
            last = _last(placed, loop, loop_state)
            if last is not None:
                held[(spec.name, loop)] = _key_at(last, begin, first[spec.name], start.open.get((spec.name, loop)))
    links: dict[str, NDArray[np.int64]] = {}
    last_links: dict[str, int] = {}
    for spec in columns.tables:
        for link in spec.links:
            if link.name in links:
                continue
            inner, outer = table.number(link.loop), table.number(link.under)
            around = instance(placed, outer, loop_state)
            begin = rows[link.table]
            is_inner = placed.opened[begin] == inner
            keys = first[link.table] + np.flatnonzero(is_inner)
            found = np.full(len(placed.home) + 2, NO_KEY, dtype=np.int64)
            # The first of several holds: it is written last.
            found[around[begin[is_inner]][::-1] + 2] = keys[::-1]
            if link.name in start.links and start.links[link.name] != NO_KEY:
                found[0] = start.links[link.name]
            found[1] = NO_KEY
            links[link.name] = found.take(around + 2)
            if outer in placed.state.open:
                last_links[link.name] = int(links[link.name][-1])
    return Keys(rows, first, owners, links), KeyState(following, held, last_links)


def _owner(
    placed: Placed, spec: TableSpec, begin: Offsets, first: int, start: KeyState, state: LoopState
) -> NDArray[np.int64]:
    """For each segment the key of the innermost of these loops around it, the first named before the others."""
    loops = tuple(placed.table.number(loop) for loop in spec.loops)
    key_of = np.full(len(placed.home) + 2, NO_KEY, dtype=np.int64)
    key_of[begin + 2] = first + np.arange(len(begin))
    owner = np.full(len(placed.home), NO_KEY, dtype=np.int64)
    table = placed.table
    leaves = [loop for loop in loops if not table.is_level[loop] and not _holds(placed, loop)]
    if leaves:
        wanted = np.zeros(len(table.ids) + 1, dtype=np.bool_)
        wanted[leaves] = True
        inside = wanted[placed.home]
        owner[inside] = key_of[placed.begins[inside] + 2]
    for loop in loops:
        if loop in leaves:
            continue
        around = instance(placed, loop, state)
        key_of[0] = start.open.get((spec.name, loop), NO_KEY)
        key_of[1] = NO_KEY
        owner = np.where(owner == NO_KEY, key_of.take(around + 2), owner)
    return owner


def _holds(placed: Placed, loop: int) -> bool:
    return any(loop in parents for parents in placed.table.parents)


def _last(placed: Placed, loop: int, state: LoopState) -> int | None:
    """Where the occurrence of the loop began that is open after the last segment; `None` when none is."""
    if not len(placed.home) or loop not in placed.state.open:
        return None
    return int(instance(placed, loop, state)[-1])


def _key_at(begin: int, begins: Offsets, first: int, carried: int | None) -> int:
    if begin < 0:
        return NO_KEY if carried is None else carried
    at = int(np.searchsorted(begins, begin))
    return first + at if at < len(begins) and begins[at] == begin else NO_KEY
