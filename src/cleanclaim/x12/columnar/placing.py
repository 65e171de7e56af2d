"""Every segment of a stretch of transactions into its loop, all at once: by what was last opened before it.

A level (billing provider, subscriber, claim, service line …) opens wherever its segment stands. Inside it, loops that
hold others open, then those that hold none. Each step is one running maximum over all segments: the number of the last
segment that opened something. What a well-formed file means is decided here; `regular` says whether it is one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from cleanclaim.x12.columnar.compiled import kernel
from cleanclaim.x12.columnar.envelopes import Span
from cleanclaim.x12.columnar.loop_table import NOWHERE, LoopTable, Small
from cleanclaim.x12.columnar.texts import head_of, trimmed, whole_of
from cleanclaim.x12.columnar.tokens import Flags, Offsets, Tokens, tag
from cleanclaim.x12.columnar.walking import (
    CARRIED,
    NONE,
    Start,
    Way,
    guide_of,
    is_regular,
    walk,
    way_of,
)
from cleanclaim.x12.loops import level_number


@dataclass(frozen=True, slots=True)
class LoopState:
    """Loops that are open between two stretches: the innermost that holds others, and all around it."""

    holder: int = NOWHERE
    open: frozenset[int] = frozenset()
    numbers: Mapping[int, int] = field(default_factory=dict)
    """By loop: the number that its hierarchical level was given."""
    last_number: int = 0
    """The number of the last hierarchical level."""


@dataclass(frozen=True, slots=True, eq=False)
class Careful:
    """Where the loops of one damaged transaction begin, for each of its segments, by loop."""

    begin: int
    end: int
    around: Mapping[int, Offsets]


@dataclass(frozen=True, slots=True, eq=False)
class Around:
    """For each segment, the segment that began the occurrence of one loop around it, `CARRIED` or `NONE`.

    It is kept by event: between two of them nothing opens or closes. `careful` has it by segment for those that were
    placed one by one, and which those are.
    """

    began: Offsets
    latest_event: Offsets
    careful: tuple[Flags, Offsets] | None = None

    def at(self, segments: Offsets) -> Offsets:
        """The same of these segments."""
        # A column of a matrix is not laid out for `take`.
        found: Offsets = self.began[self.latest_event.take(segments)]
        if self.careful is not None:
            is_careful, there = self.careful
            inside = np.flatnonzero(is_careful.take(segments))
            found[inside] = there.take(segments.take(inside))
        return found

    def last(self) -> int:
        """The same of the last segment."""
        return int(self.at(np.array([len(self.latest_event) - 1]))[0])


@dataclass(slots=True, eq=False)
class Placed:
    """Where each segment stands.

    Attributes:
        names: each segment's name as a number of the loop table.
        opened: the loop that the segment opens; -1 for none.
        home: the loop it stands in; -1 where it can stand in none.
        begins: the segment that begins that occurrence of it; `CARRIED` when that stood before the first one.
        inner: the innermost loop open at the segment.
        instances: by loop: where the occurrence of it began that is around each segment.
        transactions: index of each segment's span; -1 outside.
        state: what is open after the last segment.
        floors: for each segment inside a transaction, the first of it or `CARRIED`.
        events: segments that open a loop, and those at which one transaction ends and another, or none, begins.
        latest_event: for each segment, the index in `events` of the last one up to it; -1 before the first.
        has_outside: some segments belong to no transaction.
        holder: the innermost level, or loop that holds others, open at each segment.
        holder_begins: the segment that begins that occurrence.
        careful: transactions that were placed segment by segment.
        begun: by loop, segments that begin an occurrence of it without being the one that should open it.
        starts: the first segments of transactions that do not only go on.
    """

    table: LoopTable
    names: Small
    opened: Small
    home: Small
    begins: Offsets
    inner: Small
    transactions: Offsets
    state: LoopState
    instances: dict[int, Around] = field(default_factory=dict)
    floors: Offsets = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    events: Offsets = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    latest_event: Offsets = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    has_outside: bool = False
    holder: Small = field(default_factory=lambda: np.zeros(0, dtype=np.int16))
    holder_begins: Offsets = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    careful: list[Careful] = field(default_factory=list)
    begun: dict[int, list[int]] = field(default_factory=dict)
    starts: tuple[int, ...] = ()
    way: Way | None = None
    """What the kernels found, where they were used."""

    def instances_of_parent(self, rows: Offsets) -> Offsets:
        """For segments that open a level: the level that was open before each, as its beginning."""
        levels, kinds = self.openings()
        own = self.opened.take(rows)
        found = np.full(len(rows), NONE, dtype=np.int64)
        for loop in np.flatnonzero(np.bincount(own)).tolist():
            # What is around it is the last level that may hold it.
            parents = [parent for parent in self.table.parents[loop] if parent > 0 and self.table.is_level[parent]]
            wanted = np.zeros(len(self.table.ids), dtype=np.bool_)
            wanted[parents] = True
            holds = levels[wanted.take(kinds)]
            if not len(holds):
                continue
            at = np.searchsorted(holds, rows) - 1
            mine = (own == loop) & (at >= 0)
            found[mine] = holds[at[mine]]
        return found

    def openings(self) -> tuple[Offsets, Small]:
        """The segments that open a loop, and the loop that each opens."""
        rows = np.flatnonzero(self.opened >= 0)
        return rows, self.opened.take(rows)


def place(tokens: Tokens, table: LoopTable, spans: Sequence[Span], start: LoopState) -> Placed:
    """Place the segments of these transactions, which are of one guide and in order."""
    count, outside = len(tokens), len(table.ids)
    # What kernels go through is half as long; without them, indices of 64 bits are several times as fast.
    size: type[np.signedinteger[Any]] = np.int64 if tokens.signs is None else np.int32
    of: Offsets = np.full(count, -1, dtype=size)
    floors: Offsets = np.full(count, count, dtype=size)
    for index, span in enumerate(spans):
        of[span.begin : span.end] = index
        floors[span.begin : span.end] = CARRIED if span.is_continued else span.begin
    placed = (_placed if tokens.signs is None else _walked)(tokens, table, of, floors, start)
    placed.starts = tuple(span.begin for span in spans if not span.is_continued and span.begin < span.end)
    if spans and not spans[-1].is_complete and count and spans[-1].end == count:
        holder = int(placed.holder[-1])
        around = [n for n in range(outside) if n == holder or table.within[n, holder]]
        still = frozenset(n for n in around if instance(placed, n, start).last() != NONE)
        placed.state = LoopState(holder, still, *_numbers(tokens, placed, still, start))
    return placed


def _placed(tokens: Tokens, table: LoopTable, of: Offsets, floors: Offsets, start: LoopState) -> Placed:
    """Place segments with whole columns at a time; `of` and `floors` are those of `Placed`."""
    count, outside = len(tokens), len(table.ids)
    names, symbols = table.symbols(tokens)
    inside = of >= 0
    # Levels: the last segment that opened one, if it is of the same transaction.
    opening = np.where(inside, table.levels.take(symbols), np.int16(NOWHERE))
    event = opening > 0
    rows = np.flatnonzero(event)
    last = _spread(rows, rows, count, NONE)
    known = (last >= 0) & (last >= floors)
    carried = ~known & (floors == CARRIED)
    state = np.where(known, opening.take(last), np.where(inside, np.int16(0), np.int16(outside)))
    began = np.where(known, last, np.where(carried, CARRIED, np.where(inside, floors, NONE)))
    if carried.any() and start.holder != NOWHERE:
        state = np.where(carried, np.int16(start.holder), state)
    opened = np.where(event, opening, np.int16(NOWHERE))
    for holders in table.holders:
        state, began = _open(holders, symbols, state, began, opened)
    holder, holder_began = state, began
    inner, inner_began = _open(table.leaves, symbols, state, began, opened)
    home = np.where(inside, _look_up(table.home, inner, names), np.int16(NOWHERE))
    home = np.where(opened >= 0, opened, home)
    home[inside & (tokens.tags == tag("ST"))] = 0
    placed = Placed(table, names, opened, home, began, inner, of, LoopState())
    placed.holder, placed.holder_begins = holder, holder_began
    placed.floors = floors
    is_event = opened >= 0
    is_event[1:] |= of[1:] != of[:-1]
    is_event[:1] = True
    placed.events = np.flatnonzero(is_event)
    numbers = np.arange(len(placed.events))
    placed.latest_event = _spread(placed.events, numbers, count, NONE)
    placed.has_outside = not inside.all()
    _begins(placed, floors, holder, holder_began, inner_began, start)
    return placed


def _walked(tokens: Tokens, table: LoopTable, of: Offsets, floors: Offsets, start: LoopState) -> Placed:
    """The same by kernels, and whether all is regular."""
    guide = guide_of(table)
    way = way_of(len(tokens), len(guide.tracked))
    begin = _start(start, table)
    events = int(kernel(walk, head_of, trimmed)(tokens.tags, of, floors, tokens.texts, guide, begin, way))
    placed = Placed(table, way.names, way.opened, way.home, way.begins, way.inner, of, LoopState())
    placed.holder, placed.holder_begins, placed.floors = way.holder, way.holder_begins, floors
    placed.events, placed.latest_event = way.events[:events], way.latest_event
    placed.has_outside = bool((of < 0).any())
    for at, loop in enumerate(guide.tracked.tolist()):
        placed.instances[loop] = Around(way.began[:events, at], way.latest_event)
    placed.way = way
    return placed


def _start(start: LoopState, table: LoopTable) -> Start:
    """What was open before the first segment, for the kernels."""
    is_open = np.zeros(len(table.ids), dtype=np.bool_)
    is_open[list(start.open)] = True
    number = np.full(len(table.ids), NONE, dtype=np.int64)
    for loop, given in start.numbers.items():
        number[loop] = given
    level = max((loop for loop in start.open if table.is_level[loop]), default=0) if start.holder >= 0 else 0
    return Start(start.holder, is_open, number, level, start.last_number)


def is_plain(tokens: Tokens, placed: Placed, start: LoopState) -> bool:
    """Whether a kernel has seen that nothing is out of its place; False where that is not known."""
    if tokens.signs is None or placed.way is None:
        return False
    guide, begin = guide_of(placed.table), _start(start, placed.table)
    run = kernel(is_regular, head_of, trimmed, whole_of)
    return bool(run(tokens.tags, placed.transactions, tokens.texts, guide, begin, placed.way))


def _numbers(tokens: Tokens, placed: Placed, still: frozenset[int], start: LoopState) -> tuple[Mapping[int, int], int]:
    """The numbers of the hierarchical levels that are open after the last segment, and of the last one."""
    found: dict[int, int] = {}
    for loop in still:
        row = instance(placed, loop, start).last()
        if row >= 0 and tokens.tags[row] == tag("HL"):
            found[loop] = level_number(tokens.text(row, 1))
        elif row == CARRIED and loop in start.numbers:
            found[loop] = start.numbers[loop]
    levels = np.flatnonzero((tokens.tags == tag("HL")) & (placed.transactions == placed.transactions[-1]))
    is_continued = bool(placed.floors[-1] == CARRIED)
    last = level_number(tokens.text(int(levels[-1]), 1)) if len(levels) else (start.last_number if is_continued else 0)
    return found, last


def _open(openings: Small, symbols: Small, state: Small, began: Offsets, opened: Small) -> tuple[Small, Offsets]:
    """One depth of loops: those that open inside what is open; `opened` is filled in where one does."""
    found = _look_up(openings, state, symbols)
    found[opened >= 0] = NOWHERE
    rows = np.flatnonzero(found >= 0)
    if not len(rows):
        return state, began
    kinds = found.take(rows)
    opened[rows] = kinds
    last = _spread(rows, rows, len(found), NONE)
    # What stands outside any transaction, the last row of the table, is in no loop of the one before it.
    valid = (last >= 0) & (last > began) & (state != openings.shape[0] - 1)
    return np.where(valid, _spread(rows, kinds, len(found), NOWHERE), state), np.where(valid, last, began)


def _spread(rows: Offsets, values: Offsets, count: int, before: int) -> Offsets:
    """For each of `count` segments the value of the last of these rows up to it; `before` until there is one."""
    # Runs are written out at once, which is several times as fast as a running maximum.
    every = np.concatenate((np.array([before], dtype=values.dtype), values))
    return np.repeat(every, np.diff(rows, prepend=0, append=count))


def _look_up(table: Small, rows: Small, columns: Small) -> Small:
    """`table[rows, columns]`, by one index into all of it, which is faster."""
    found: Small = table.ravel().take(rows.astype(np.int64) * table.shape[1] + columns)
    return found


def _begins(
    placed: Placed, floors: Offsets, holder: Small, holder_began: Offsets, inner_began: Offsets, start: LoopState
) -> None:
    """The beginning of each segment's own loop: of the innermost, of the one that holds it, or of one farther out."""
    home = placed.home
    begins = np.where(home == placed.inner, inner_began, np.where(home == holder, holder_began, NONE))
    far = np.flatnonzero((home >= 0) & (home != placed.inner) & (home != holder))
    homes = home.take(far)
    for loop in np.flatnonzero(np.bincount(homes)).tolist():
        rows = far[homes == loop]
        begins[rows] = instance(placed, loop, start).at(rows)
    root = home == 0
    begins[root] = floors[root]
    placed.begins = begins


def instance(placed: Placed, loop: int, start: LoopState) -> Around:
    """For each segment, the segment that began the occurrence of `loop` around it, `CARRIED` or `NONE`."""
    known = placed.instances.get(loop)
    if known is None:
        known = placed.instances[loop] = _instance(placed, loop, start)
    return known


def _instance(placed: Placed, loop: int, start: LoopState) -> Around:
    events = placed.events
    if loop == 0:
        is_inside = placed.transactions.take(events) >= 0
        return Around(np.where(is_inside, placed.floors.take(events), NONE), placed.latest_event)
    # Any opening that cannot be inside the loop closes it; so does the end of its transaction. What begins the next
    # one without its header may itself be an opening.
    opened = placed.opened.take(events)
    closes = np.append(~placed.table.within[loop], np.array([True]))
    closes[loop] = True
    rows = np.flatnonzero(closes.take(opened) | (placed.floors.take(events) == events))
    if loop in start.open and len(events) and events[0] == 0 and opened[0] == NOWHERE:
        # The first segment only continues a transaction.
        rows = rows[1:]
    found = np.where(opened.take(rows) == loop, events.take(rows), NONE)
    began = _spread(rows, found, len(events), CARRIED if loop in start.open else NONE)
    if placed.has_outside:
        began[placed.transactions.take(events) < 0] = NONE
    if not placed.careful:
        return Around(began, placed.latest_event)
    is_careful, there = np.zeros(len(placed.home), dtype=np.bool_), np.empty(len(placed.home), dtype=np.int64)
    for part in placed.careful:
        is_careful[part.begin : part.end], there[part.begin : part.end] = True, part.around[loop]
    return Around(began, placed.latest_event, (is_careful, there))


def within(placed: Placed, loops: Sequence[int], segments: Offsets) -> Flags:
    """Which of these segments stand in one of the loops."""
    wanted = np.zeros(len(placed.table.ids) + 1, dtype=np.bool_)
    wanted[list(loops)] = True
    found: Flags = wanted.take(placed.home.take(segments))
    return found
