"""Every segment of a stretch of transactions into its loop, all at once: by what was last opened before it.

A level (billing provider, subscriber, claim, service line …) opens wherever its segment stands. Inside it, loops that
hold others open, then those that hold none. Each step is one running maximum over all segments: the number of the last
segment that opened something. What a well-formed file means is decided here; `regular` says whether it is one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from cleanclaim.x12.columnar.envelopes import Span
from cleanclaim.x12.columnar.loop_table import NOWHERE, LoopTable, Small
from cleanclaim.x12.columnar.tokens import Flags, Offsets, Tokens, tag

CARRIED = -2
"""An instance of a loop that began before the first segment at hand."""
NONE = -1
"""No instance."""


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


@dataclass(slots=True, eq=False)
class Placed:
    """Where each segment stands.

    Attributes:
        names: each segment's name as a number of the loop table.
        opened: the loop that the segment opens; -1 for none.
        home: the loop it stands in; -1 where it can stand in none.
        begins: the segment that begins that occurrence of it; `CARRIED` when that stood before the first one.
        inner: the innermost loop open at the segment.
        instances: by loop: the segment that begins the occurrence of it which is around each segment.
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
    """

    table: LoopTable
    names: Small
    opened: Small
    home: Small
    begins: Offsets
    inner: Small
    transactions: Offsets
    state: LoopState
    instances: dict[int, Offsets] = field(default_factory=dict)
    floors: Offsets = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    events: Offsets = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    latest_event: Offsets = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    has_outside: bool = False
    holder: Small = field(default_factory=lambda: np.zeros(0, dtype=np.int16))
    holder_begins: Offsets = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    careful: list[Careful] = field(default_factory=list)
    begun: dict[int, list[int]] = field(default_factory=dict)

    def instances_of_parent(self, rows: Offsets) -> Offsets:
        """For segments that open a level: the level that was open before each, as its beginning."""
        levels = np.flatnonzero((self.opened > 0) & self.table.is_level[self.opened])
        kinds = self.opened[levels]
        found = np.full(len(rows), NONE, dtype=np.int64)
        for loop in np.unique(self.opened[rows]).tolist():
            # What is around it is the last level that may hold it.
            holds = levels[np.isin(kinds, self.table.parents[loop])]
            at = np.searchsorted(holds, rows) - 1
            mine = (self.opened[rows] == loop) & (at >= 0)
            found[mine] = holds[at[mine]]
        return found

    def begins_of_transaction(self) -> Offsets:
        """For each segment, the first of its transaction, `CARRIED` or `NONE`."""
        return np.where(self.transactions >= 0, self.floors, NONE)


def place(tokens: Tokens, table: LoopTable, spans: Sequence[Span], start: LoopState) -> Placed:
    """Place the segments of these transactions, which are of one guide and in order."""
    count, outside = len(tokens), len(table.ids)
    names, symbols = table.symbols(tokens)
    here = np.arange(count)
    of = np.full(count, -1, dtype=np.int64)
    floors = np.full(count, count, dtype=np.int64)
    for index, span in enumerate(spans):
        of[span.begin : span.end] = index
        floors[span.begin : span.end] = CARRIED if span.is_continued else span.begin
    inside = of >= 0
    # Levels: the last segment that opened one, if it is of the same transaction.
    opening = np.where(inside, table.levels.take(symbols), np.int16(NOWHERE))
    event = opening > 0
    last = np.maximum.accumulate(np.where(event, here, NONE))
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
    end = LoopState()
    if spans and not spans[-1].is_complete and count and spans[-1].end == count:
        end = LoopState(int(holder[-1]))
    placed = Placed(table, names, opened, home, began, inner, of, end)
    placed.holder, placed.holder_begins = holder, holder_began
    placed.floors = floors
    is_event = opened >= 0
    is_event[1:] |= of[1:] != of[:-1]
    is_event[:1] = True
    placed.events = np.flatnonzero(is_event)
    placed.latest_event = np.cumsum(is_event) - 1
    placed.has_outside = not inside.all()
    _begins(placed, floors, holder, holder_began, inner_began, start)
    if end.holder != NOWHERE:
        around = [n for n in range(outside) if n == end.holder or table.within[n, end.holder]]
        still = frozenset(n for n in around if instance(placed, n, start)[-1] != NONE)
        placed.state = LoopState(end.holder, still, *_numbers(tokens, placed, still, start))
    return placed


def _numbers(tokens: Tokens, placed: Placed, still: frozenset[int], start: LoopState) -> tuple[Mapping[int, int], int]:
    """The numbers of the hierarchical levels that are open after the last segment, and of the last one."""

    def number(row: int) -> int:
        text = tokens.text(row, 1)
        return int(text) if len(text) < 10 and text.isascii() and text.isdigit() else 0  # noqa: PLR2004

    found: dict[int, int] = {}
    for loop in still:
        row = int(instance(placed, loop, start)[-1])
        if row >= 0 and tokens.tags[row] == tag("HL"):
            found[loop] = number(row)
        elif row == CARRIED and loop in start.numbers:
            found[loop] = start.numbers[loop]
    levels = np.flatnonzero((tokens.tags == tag("HL")) & (placed.transactions == placed.transactions[-1]))
    is_continued = bool(placed.floors[-1] == CARRIED)
    last = number(int(levels[-1])) if len(levels) else (start.last_number if is_continued else 0)
    return found, last


def _open(openings: Small, symbols: Small, state: Small, began: Offsets, opened: Small) -> tuple[Small, Offsets]:
    """One depth of loops: those that open inside what is open; `opened` is filled in where one does."""
    found = _look_up(openings, state, symbols)
    found[opened >= 0] = NOWHERE
    event = found >= 0
    opened[event] = found[event]
    last = np.maximum.accumulate(np.where(event, np.arange(len(found)), NONE))
    valid = (last >= 0) & (last > began)
    return np.where(valid, found.take(last), state), np.where(valid, last, began)


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
    for loop in np.unique(home[far]).tolist():
        rows = far[home[far] == loop]
        begins[rows] = instance(placed, loop, start)[rows]
    root = home == 0
    begins[root] = floors[root]
    placed.begins = begins


def instance(placed: Placed, loop: int, start: LoopState) -> Offsets:
    """For each segment, the segment that began the occurrence of `loop` around it, `CARRIED` or `NONE`."""
    if loop == 0:
        return placed.begins_of_transaction()
    known = placed.instances.get(loop)
    if known is not None:
        return known
    events = placed.events
    opened = placed.opened[events]
    # Any opening that cannot be inside the loop closes it; so does the end of its transaction.
    closes = np.append(~placed.table.within[loop], np.array([True]))
    closes[loop] = False
    marks = np.where(opened == loop, events * 2 + 1, np.where(closes[opened], events * 2, NONE))
    if loop in start.open and len(events) and events[0] == 0 and opened[0] == NOWHERE:
        # The first segment only continues a transaction.
        marks[0] = NONE
    latest = np.append(np.maximum.accumulate(marks), NONE)
    began = np.where((latest & 1) == 1, latest >> 1, NONE)
    if loop in start.open:
        began[latest == NONE] = CARRIED
    found: Offsets = began.take(placed.latest_event)
    if placed.has_outside:
        found = np.where(placed.transactions >= 0, found, NONE)
    for part in placed.careful:
        found[part.begin : part.end] = part.around.get(loop, NONE)
    placed.instances[loop] = found
    return found


def within(placed: Placed, loops: Sequence[int], segments: Offsets) -> Flags:
    """Which of these segments stand in one of the loops."""
    wanted = np.zeros(len(placed.table.ids) + 1, dtype=np.bool_)
    wanted[list(loops)] = True
    found: Flags = wanted.take(placed.home.take(segments))
    return found
