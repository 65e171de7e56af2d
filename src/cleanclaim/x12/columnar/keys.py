"""Keys of rows, continuous over a file, and the keys of what is around a row even where that stood in an earlier block.

Keys are given before any column is read, from the places of segments alone: so blocks can be read side by side.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cleanclaim.x12.columnar.column_map import ColumnMap, TableSpec
from cleanclaim.x12.columnar.compiled import kernel
from cleanclaim.x12.columnar.finding import number_rows, sorted_out
from cleanclaim.x12.columnar.layouts import beginnings_sought, keyed, links_of, loops_of_owners, of_loops
from cleanclaim.x12.columnar.owning import Linked, Owned, link_up
from cleanclaim.x12.columnar.placing import Around, LoopState, Placed, instance, within
from cleanclaim.x12.columnar.tokens import Offsets
from cleanclaim.x12.columnar.walking import CARRIED, Way, guide_of

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

    def at(self, segments: Offsets) -> NDArray[np.int64]:
        """The key of the row around each of these segments; -1 for none."""
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

    def last(self) -> int:
        """The same of the last segment."""
        return int(self.keys[self.around.last() + 2])


@dataclass(frozen=True, slots=True, eq=False)
class Keys:
    """The rows of keyed tables among some segments.

    `rows` are by table of loops the segments that begin its rows; their keys count up from `first`.
    """

    rows: dict[TableSpec, Offsets]
    first: dict[str, int]
    owners: dict[str, Owners]
    """By table: the rows around segments."""
    links: dict[str, Links]
    """By link: the parties that hold at segments."""
    tables: dict[str, str]
    """By key: the table whose rows have it."""
    columns: ColumnMap
    """The map of all these tables."""
    owned: Owned | None = None
    """What a kernel takes instead of `owners` and `links`, of which there are none then."""

    def owner(self, key: str) -> Owners:
        """The rows that have this key."""
        return self.owners[self.tables[key]]


def _with_others(placed: Placed, loops: tuple[int, ...], found: Offsets) -> Offsets:
    """Segments that open one of the loops, and those that begin an occurrence of it without opening it."""
    begun = [row for loop in loops for row in placed.begun.get(loop, ())]
    if begun:
        found = np.union1d(found, np.array(begun))
    if 0 in loops:
        # A transaction begins where its span does, header or not.
        found = np.union1d(found, np.array(placed.starts, dtype=np.int64))
    return found


def _beginnings(placed: Placed, columns: ColumnMap) -> dict[TableSpec, Offsets]:
    """By table of loops the segments that begin an occurrence of one of them, whether or not they open it."""
    tables = of_loops(columns)
    if placed.way is not None:
        # Loops open at events, of which there are few, save where segments were placed one by one.
        at = placed.openings()[0].astype(np.int32) if placed.careful else placed.events
        kinds = placed.opened.take(at)
        every = zip(tables, sorted_out(kinds, kinds, kinds, beginnings_sought(columns)), strict=True)
        found = {spec: _with_others(placed, loops, at.take(one.rows)) for (spec, loops), one in every}
        return {spec: begins.astype(np.int32, copy=False) for spec, begins in found.items()}
    rows, opened = placed.openings()
    found = {}
    for spec, loops in tables:
        wanted = np.zeros(len(placed.table.ids), dtype=np.bool_)
        wanted[list(loops)] = True
        found[spec] = _with_others(placed, loops, rows[wanted.take(opened)])
    return found


def assign(placed: Placed, columns: ColumnMap, start: KeyState, loop_state: LoopState) -> tuple[Keys, KeyState]:
    """Give every row its key and every segment the keys of the rows around it."""
    rows = _beginnings(placed, columns)
    first: dict[str, int] = {}
    owners: dict[str, Owners] = {}
    following, held = dict(start.following), {}
    row_of = None if placed.way is None or placed.careful else _row_of(rows, len(placed.home))
    for spec, loops in of_loops(columns):
        if not spec.key:
            continue
        begin = rows[spec]
        first[spec.name] = following.get(spec.name, 0)
        following[spec.name] = first[spec.name] + len(begin)
        if row_of is None:
            owners[spec.name] = _owners(placed, spec, begin, first[spec.name], start, loop_state)
        for loop in loops:
            last = _last(placed, loop, loop_state)
            if last is not None:
                held[(spec.name, loop)] = _key_at(last, begin, first[spec.name], start.open.get((spec.name, loop)))
    tables = {spec.key: spec.name for spec in keyed(columns)}
    owned: Owned | None = None
    links: dict[str, Links] = {}
    if placed.way is not None and row_of is not None:
        owned = _owned(placed.way, columns, row_of, len(placed.events), first, start)
    else:
        links = _links(placed, columns, rows, first, start, loop_state)
    last_links = {}
    for at, link in enumerate(links_of(columns)):
        if placed.table.number(link.under) in placed.state.open:
            last_links[link.name] = links[link.name].last() if owned is None else int(owned.linked[at, -1])
    return Keys(rows, first, owners, links, tables, columns, owned), KeyState(following, held, last_links)


def _links(
    placed: Placed,
    columns: ColumnMap,
    rows: Mapping[TableSpec, Offsets],
    first: Mapping[str, int],
    start: KeyState,
    state: LoopState,
) -> dict[str, Links]:
    """By link the parties that hold at segments."""
    begins = {spec.name: begin for spec, begin in rows.items() if spec.key}
    links = {}
    for link in links_of(columns):
        inner, outer = placed.table.number(link.loop), placed.table.number(link.under)
        around = instance(placed, outer, state)
        begin = begins[link.table]
        is_inner = placed.opened.take(begin) == inner
        keys = first[link.table] + np.flatnonzero(is_inner)
        found = np.full(len(placed.home) + 2, NO_KEY, dtype=np.int64)
        # The first of several holds: it is written last.
        found[around.at(begin[is_inner])[::-1] + 2] = keys[::-1]
        if link.name in start.links and start.links[link.name] != NO_KEY:
            found[0] = start.links[link.name]
        found[1] = NO_KEY
        links[link.name] = Links(around, found)
    return links


def _owned(
    way: Way,
    columns: ColumnMap,
    row_of: NDArray[np.int32],
    events: int,
    first: Mapping[str, int],
    start: KeyState,
) -> Owned:
    """What the kernel takes, of so many events: `row_of` all tables, the key of the `first` row of each, the links."""
    is_leaf, others, around = loops_of_owners(columns)
    carried = np.full(around.shape, NO_KEY, dtype=np.int64)
    for at, (spec, loops) in enumerate(zip(keyed(columns), others, strict=True)):
        for tier, loop in enumerate(loops):
            carried[at, tier] = start.open.get((spec.name, loop), NO_KEY)
    links = links_of(columns)
    number, places = columns.loops.number, guide_of(columns.loops).tracked_at
    linked = Linked(
        np.array([number(link.loop) for link in links], dtype=np.int64),
        np.array([places[number(link.under)] for link in links], dtype=np.int64),
        np.array([first[link.table] for link in links], dtype=np.int64),
        np.array([start.links.get(link.name, NO_KEY) for link in links], dtype=np.int64),
    )
    found = np.empty((len(links), events), dtype=np.int64)
    kernel(link_up)(way, row_of, linked, found)
    firsts = np.array([first[spec.name] for spec in keyed(columns)], dtype=np.int64)
    return Owned(row_of, firsts, is_leaf, around, carried, found)


def _row_of(begins: Mapping[TableSpec, Offsets], count: int) -> NDArray[np.int32] | None:
    """By segment the row that it begins, in whichever table; `None` where one begins rows of several tables."""
    found, run = np.full(count, NO_KEY, dtype=np.int32), kernel(number_rows)
    return found if all(run(rows, found) for rows in begins.values()) else None


def _owners(placed: Placed, spec: TableSpec, begin: Offsets, first: int, start: KeyState, state: LoopState) -> Owners:
    """The rows of a table that begin with these segments, the first with this key."""
    table = placed.table
    loops = tuple(table.number(loop) for loop in spec.loops)
    leaves = tuple(loop for loop in loops if not table.is_level[loop] and not table.holds[loop])
    around = []
    for loop in loops:
        carried = start.open.get((spec.name, loop), NO_KEY)
        if loop not in leaves and (len(begin) or carried != NO_KEY):
            around.append((loop, carried))
    if not len(begin) and not around:
        return Owners(placed, np.zeros(0, dtype=np.int64), (), ())
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
