"""Keys of rows, continuous over a file, and the keys of what is around a row even where that stood in an earlier block.

Keys are given before any column is read, from the places of segments alone: so blocks can be read side by side.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleanclaim.x12.columnar.column_map import ColumnMap, TableSpec
from cleanclaim.x12.columnar.compiled import kernel
from cleanclaim.x12.columnar.finding import sorted_out
from cleanclaim.x12.columnar.layouts import beginnings_sought
from cleanclaim.x12.columnar.loop_table import Small
from cleanclaim.x12.columnar.owning import Owned, owner_keys
from cleanclaim.x12.columnar.placing import Around, LoopState, Placed, instance, within
from cleanclaim.x12.columnar.tokens import Offsets
from cleanclaim.x12.columnar.walking import CARRIED, guide_of

NO_KEY = -1


@dataclass(frozen=True, slots=True)
class KeyState:
    """What the next stretch needs: next key by table, the keys of rows still open by loop, and links by name."""

    following: dict[str, int] = field(default_factory=dict)
    open: dict[tuple[str, int], int] = field(default_factory=dict)
    links: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Owners:
    """The rows of one keyed table, to be asked which of them is around a segment.

    `by_home` has the loops that hold no others: the segments in them know where theirs began. `around` has the other
    loops, the first named before the others, each with the key of its occurrence that began before the first segment.
    """

    placed: Placed
    key_of: NDArray[np.int64]
    by_home: tuple[int, ...]
    around: tuple[tuple[Around, int], ...]
    owned: Owned | None = None
    """What a kernel takes instead of all these."""

    def at(self, segments: Offsets) -> NDArray[np.int64]:
        """The key of the row around each of these segments; -1 for none."""
        found = np.empty(len(segments), dtype=np.int64)
        self.put(segments, found, np.zeros((len(segments) + 7) // 8, dtype=np.uint8))
        return found

    def put(self, segments: Offsets, keys: NDArray[np.int64], bits: NDArray[np.uint8]) -> int:
        """Fill in the key of the row around each of these segments, and a bit for each there is; how many there are."""
        way = self.placed.way
        if self.owned is not None and way is not None:
            run = kernel(owner_keys)
            return int(run(segments, way.home, way.begins, way.latest_event, way.began, self.owned, keys, bits))
        keys[:] = self._at(segments)
        bits[:] = np.packbits(keys >= 0, bitorder="little")
        return int(np.count_nonzero(keys >= 0))

    def _at(self, segments: Offsets) -> NDArray[np.int64]:
        owner = np.full(len(segments), NO_KEY, dtype=np.int64)
        if self.by_home:
            inside = np.flatnonzero(within(self.placed, self.by_home, segments))
            owner[inside] = self.key_of.take(self.placed.begins.take(segments.take(inside)) + 2)
        is_first = not self.by_home
        for around, carried in self.around:
            began = around.at(segments)
            found = self.key_of.take(began + 2)
            if carried != NO_KEY:
                found[began == CARRIED] = carried
            owner = found if is_first else np.where(owner == NO_KEY, found, owner)
            is_first = False
        return owner


@dataclass(frozen=True, slots=True, eq=False)
class Links:
    """By occurrence of a loop: the key of the first party of another loop inside it."""

    around: Around
    keys: NDArray[np.int64]

    def at(self, segments: Offsets) -> NDArray[np.int64]:
        """The key of the party that holds at each of these segments; -1 for none."""
        return self.keys.take(self.around.at(segments) + 2)


@dataclass(frozen=True, slots=True, eq=False)
class Keys:
    """The rows of keyed tables among some segments.

    `rows[table]` are the segments that begin a row; their keys count up from `first[table]`.
    """

    rows: dict[str, Offsets]
    first: dict[str, int]
    owners: dict[str, Owners]
    """By table: the rows around segments."""
    links: dict[str, Links]
    """By link: the parties that hold at segments."""
    tables: dict[str, str]
    """By key: the table whose rows have it."""

    def owner(self, key: str) -> Owners:
        """The rows that have this key."""
        return self.owners[self.tables[key]]


def beginnings(placed: Placed, loops: tuple[int, ...], openings: tuple[Offsets, Small]) -> Offsets:
    """Segments that begin an occurrence of one of the loops, whether or not they are the segment that opens it."""
    wanted = np.zeros(len(placed.table.ids), dtype=np.bool_)
    wanted[list(loops)] = True
    rows, opened = openings
    return _with_others(placed, loops, rows[wanted.take(opened)])


def _with_others(placed: Placed, loops: tuple[int, ...], found: Offsets) -> Offsets:
    """Segments that open one of the loops, and those that begin an occurrence of it without opening it."""
    begun = [row for loop in loops for row in placed.begun.get(loop, ())]
    if begun:
        found = np.union1d(found, np.array(begun))
    if 0 in loops:
        # A transaction begins where its span does, header or not.
        events = placed.events
        is_start = (placed.transactions.take(events) >= 0) & (placed.floors.take(events) == events)
        found = np.union1d(found, events[is_start])
    return found


def _all_beginnings(placed: Placed, columns: ColumnMap) -> dict[str, Offsets]:
    """`beginnings` of all tables whose rows have keys."""
    loops = {spec.name: tuple(map(placed.table.number, spec.loops)) for spec in columns.keyed()}
    if placed.way is None:
        openings = placed.openings()
        return {name: beginnings(placed, those, openings) for name, those in loops.items()}
    found = sorted_out(placed.opened, placed.opened, beginnings_sought(columns))
    return {name: _with_others(placed, those, rows) for (name, those), rows in zip(loops.items(), found, strict=True)}


def assign(placed: Placed, columns: ColumnMap, start: KeyState, loop_state: LoopState) -> tuple[Keys, KeyState]:
    """Give every row its key and every segment the keys of the rows around it."""
    table = placed.table
    rows: dict[str, Offsets] = {}
    first: dict[str, int] = {}
    owners: dict[str, Owners] = {}
    following, held = dict(start.following), {}
    all_loops = {spec.name: tuple(table.number(loop) for loop in spec.loops) for spec in columns.keyed()}
    begins = _all_beginnings(placed, columns)
    row_of = None if placed.way is None or placed.careful else _row_of(begins, len(placed.home))
    for spec in columns.keyed():
        loops, begin = all_loops[spec.name], begins[spec.name]
        rows[spec.name] = begin
        first[spec.name] = following.get(spec.name, 0)
        following[spec.name] = first[spec.name] + len(begin)
        owners[spec.name] = _owners(placed, spec, _Begun(begin, first[spec.name], row_of), start, loop_state)
        for loop in loops:
            last = _last(placed, loop, loop_state)
            if last is not None:
                held[(spec.name, loop)] = _key_at(last, begin, first[spec.name], start.open.get((spec.name, loop)))
    links: dict[str, Links] = {}
    last_links: dict[str, int] = {}
    for spec in columns.tables:
        for link in spec.links:
            if link.name in links:
                continue
            inner, outer = table.number(link.loop), table.number(link.under)
            around = instance(placed, outer, loop_state)
            begin = rows[link.table]
            is_inner = placed.opened.take(begin) == inner
            keys = first[link.table] + np.flatnonzero(is_inner)
            found = np.full(len(placed.home) + 2, NO_KEY, dtype=np.int64)
            # The first of several holds: it is written last.
            found[around.at(begin[is_inner])[::-1] + 2] = keys[::-1]
            if link.name in start.links and start.links[link.name] != NO_KEY:
                found[0] = start.links[link.name]
            found[1] = NO_KEY
            links[link.name] = Links(around, found)
            if outer in placed.state.open:
                last_links[link.name] = int(found[around.last() + 2])
    tables = {spec.key: spec.name for spec in columns.keyed()}
    return Keys(rows, first, owners, links, tables), KeyState(following, held, last_links)


def _row_of(begins: Mapping[str, Offsets], count: int) -> NDArray[np.int32] | None:
    """By segment the row that it begins, in whichever table; `None` where one begins rows of several tables."""
    found = np.full(count, NO_KEY, dtype=np.int32)
    for rows in begins.values():
        if (found.take(rows) >= 0).any():
            return None
        found[rows] = np.arange(len(rows), dtype=np.int32)
    return found


class _Begun(NamedTuple):
    """The segments that begin rows of one table, the key of the first, and `_row_of` all tables."""

    rows: Offsets
    first: int
    row_of: NDArray[np.int32] | None


def _owners(placed: Placed, spec: TableSpec, begun: _Begun, start: KeyState, state: LoopState) -> Owners:
    begin, first, row_of = begun
    loops = tuple(placed.table.number(loop) for loop in spec.loops)
    table = placed.table
    leaves = tuple(loop for loop in loops if not table.is_level[loop] and not table.holds[loop])
    around = []
    for loop in loops:
        carried = start.open.get((spec.name, loop), NO_KEY)
        if loop not in leaves and (len(begin) or carried != NO_KEY):
            around.append((loop, carried))
    if not len(begin) and not around:
        return Owners(placed, np.zeros(0, dtype=np.int64), (), ())
    if row_of is not None and placed.way is not None:
        is_leaf = np.zeros(len(table.ids), dtype=np.bool_)
        is_leaf[list(leaves)] = True
        places = guide_of(table).tracked_at.take(np.array([loop for loop, _ in around], dtype=np.int64))
        carried_keys = np.array([key for _, key in around], dtype=np.int64)
        owned = Owned(is_leaf, row_of, first, places, carried_keys)
        return Owners(placed, np.zeros(0, dtype=np.int64), (), (), owned)
    key_of = np.full(len(placed.home) + 2, NO_KEY, dtype=np.int64)
    key_of[begin + 2] = first + np.arange(len(begin))
    return Owners(placed, key_of, leaves, tuple((instance(placed, loop, state), key) for loop, key in around))


def _last(placed: Placed, loop: int, state: LoopState) -> int | None:
    """Where the occurrence of the loop began that is open after the last segment; `None` when none is."""
    if not len(placed.home) or loop not in placed.state.open:
        return None
    return instance(placed, loop, state).last()


def _key_at(begin: int, begins: Offsets, first: int, carried: int | None) -> int:
    if begin < 0:
        return NO_KEY if carried is None else carried
    at = int(np.searchsorted(begins, begin))
    return first + at if at < len(begins) and begins[at] == begin else NO_KEY
