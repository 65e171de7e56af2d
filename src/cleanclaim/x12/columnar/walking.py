"""Segments placed one after the other, as kernels: what `placing` and `regular` do with whole columns.

The tables of a guide (`loop_table`) are laid out as arrays once. Each segment is then met once, with the loops that
are open at it. Results are those of `placing.place`, to the last number.
"""

# ruff: noqa: PLR0911, PLR0913, PLR0917, PLR2004 - kernels take arrays one by one, and bytes are numbers here

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np

from cleanclaim.x12.columnar.loop_table import NOWHERE, LoopTable
from cleanclaim.x12.columnar.texts import Array, Texts, head_of, trimmed, whole_of

CARRIED = -2
"""An instance of a loop that began before the first segment at hand."""
NONE = -1
"""No instance."""
_ST = 0x5453
_HL = 0x4C48
_LX = 0x584C
_SE = 0x4553
_KINDS = 16
"""Segments of one kind in one loop whose qualifiers are compared."""


class Guide(NamedTuple):
    """A guide's loops for the kernels.

    `position`, `from_` and `until` are by name: the element that decides what a segment opens, and its values in
    `heads` with the symbols they stand for. `closes` says by opened loop which occurrences end. `tracked` are the loops
    whose occurrences are kept. `parent` is the level around a level, and `resumes` the loop in which a segment stands
    once, by name; `holds_line` are the levels around a loop.
    """

    factor: int
    slots: Array
    numbers: Array
    position: Array
    from_: Array
    until: Array
    heads: Array
    symbols: Array
    levels: Array
    holders: Array
    leaves: Array
    home: Array
    closes: Array
    tracked: Array
    tracked_at: Array
    is_level: Array
    follows: Array
    inside: Array
    order: Array
    repeats: Array
    parent: Array
    resumes: Array
    has_kinds: Array
    holds_line: Array


class Way(NamedTuple):
    """What is found for each segment, as `placing.Placed` names it; `began` is by event and tracked loop."""

    names: Array
    opened: Array
    home: Array
    begins: Array
    inner: Array
    holder: Array
    holder_begins: Array
    events: Array
    latest_event: Array
    began: Array


class Start(NamedTuple):
    """What was open before the first segment: the holder, and by loop whether it was and its level's number.

    `level` is the innermost level that was open, `last_number` that of the last hierarchical level.
    """

    holder: int
    is_open: Array
    number: Array
    level: int
    last_number: int


@cache
def guide_of(table: LoopTable) -> Guide:
    """The tables of a guide as the kernels take them."""
    count, names = len(table.ids), table.name_count
    position, from_, until = (np.zeros(names + 1, dtype=np.int64) for _ in range(3))
    heads: list[Array] = [np.zeros(0, dtype=np.uint64)]
    symbols: list[Array] = [np.zeros(0, dtype=np.int16)]
    for name, element, values, numbers in table.deciding:
        at = table.number_of(name)
        position[at], from_[at] = element, sum(len(one) for one in heads)
        heads.append(values)
        symbols.append(numbers)
        until[at] = from_[at] + len(values)
    closes = ~table.within.T
    closes[np.arange(count), np.arange(count)] = True
    resumes = np.full(names + 1, NOWHERE, dtype=np.int64)
    for name, loop in table.resumes.items():
        resumes[table.number_of(name)] = loop
    has_kinds = np.zeros(names + 1, dtype=np.bool_)
    if "HI" in table.resumes:
        has_kinds[table.number_of("HI")] = True
    holds_line = np.zeros((count, count), dtype=np.bool_)
    for loop, parents in enumerate(table.parents):
        holds_line[loop, [one for one in parents if one > 0 and table.is_level[one]]] = True
    shape = (0, *table.leaves.shape)
    tracked = np.flatnonzero(table.is_level | table.holds)
    return Guide(
        table.names.factor,
        table.names.slots,
        table.names.numbers,
        position,
        from_,
        until,
        np.concatenate(heads),
        np.concatenate(symbols),
        table.levels,
        np.stack(table.holders) if table.holders else np.zeros(shape, dtype=np.int16),
        table.leaves,
        table.home,
        np.ascontiguousarray(closes),
        tracked,
        np.cumsum(table.is_level | table.holds) - 1,
        table.is_level,
        table.follows,
        table.inside,
        table.order,
        table.repeats,
        np.array([parents[0] if parents else 0 for parents in table.parents], dtype=np.int64),
        resumes,
        has_kinds,
        holds_line,
    )


def way_of(count: int, tracked: int) -> Way:
    """Room for that many segments."""
    small = [np.empty(count, dtype=np.int16) for _ in range(5)]
    large = [np.empty(count, dtype=np.int32) for _ in range(4)]
    names, opened, home, inner, holder = small
    begins, holder_begins, events, latest = large
    began = np.empty((count, tracked), dtype=np.int32)
    return Way(names, opened, home, begins, inner, holder, holder_begins, events, latest, began)


def walk(  # noqa: C901, PLR0912, PLR0915 - one loop over all is what makes it fast
    tags: Array,
    of: Array,
    floors: Array,
    texts: Texts,
    guide: Guide,
    start: Start,
    way: Way,
) -> int:
    """Fill in the way through these segments; how many events there are.

    `of` and `floors` are `Placed.transactions` and `Placed.floors`.
    """
    codes, signs, _cuts, _elements, bounds, _starts, first, widths, is_tidy = texts
    slots, numbers, position, from_, until = guide.slots, guide.numbers, guide.position, guide.from_, guide.until
    heads, symbols, levels, holders, leaves = guide.heads, guide.symbols, guide.levels, guide.holders, guide.leaves
    homes, closes, tracked, tracked_at = guide.home, guide.closes, guide.tracked, guide.tracked_at
    factor, start_holder, is_open = guide.factor, start.holder, start.is_open
    names_of, opened_of, home_of, begins_of, inner_of = way.names, way.opened, way.home, way.begins, way.inner
    holder_of, holder_begins, events_of, latest = way.holder, way.holder_begins, way.events, way.latest_event
    began_of = way.began
    count, outside, tiers = len(tags), len(guide.is_level), len(holders)
    last, last_level, leaf, leaf_kind, events = NONE, 0, NONE, 0, 0
    tier_last = np.full(tiers, NONE, dtype=np.int64)
    tier_kind = np.zeros(tiers, dtype=np.int64)
    current = np.full(len(tracked), NONE, dtype=np.int32)
    for at in range(len(tracked)):
        if is_open[tracked[at]]:
            current[at] = CARRIED
    place = np.uint64
    for row in range(count):
        label = tags[row]
        slot = place(((int(label) * factor) >> 18) & 4095)
        name = place(len(position) - 1)
        if slots[slot] == label:
            name = place(numbers[slot])
        symbol = name
        if position[name]:
            begin = end = 0
            if position[name] < widths[row]:
                cell = place(first[row] + position[name])
                begin, end = int(bounds[cell]) + 1, int(bounds[cell + place(1)])
                if not is_tidy:
                    begin, end = trimmed(codes, signs, begin, end)
            said = head_of(codes, begin, end)
            for at in range(from_[name], until[name]):
                if heads[place(at)] == said:
                    symbol = place(symbols[place(at)])
        floor, is_inside, opened = floors[row], of[row] >= 0, NOWHERE
        if is_inside and levels[symbol] > 0:
            opened = int(levels[symbol])
            last, last_level = row, opened
        if last >= 0 and last >= floor:
            state, began = last_level, last
        elif floor == CARRIED:
            state, began = max(start_holder, 0), CARRIED
        elif is_inside:
            state, began = 0, floor
        else:
            state, began = outside, NONE
        for tier in range(tiers):
            kind = int(holders[tier, place(state), symbol])
            if kind >= 0 and opened < 0:
                opened = kind
                tier_last[tier], tier_kind[tier] = row, kind
            # What stands outside any transaction is in no loop of the one before it.
            if tier_last[tier] >= 0 and tier_last[tier] > began and state != outside:
                state, began = tier_kind[tier], tier_last[tier]
        holder, holder_began = state, began
        kind = int(leaves[place(state), symbol])
        if kind >= 0 and opened < 0:
            opened, leaf, leaf_kind = kind, row, kind
        if leaf >= 0 and leaf > began and state != outside:
            state, began = leaf_kind, leaf
        home = NOWHERE
        if opened >= 0:
            home = opened
        elif is_inside:
            home = int(homes[place(state), name])
        if is_inside and label == _ST:
            home = 0
        if opened >= 0 or row == 0 or of[row] != of[row - 1]:
            for at in range(len(tracked)):
                loop = tracked[at]
                if loop == 0:
                    current[at] = floor
                elif loop == opened:
                    current[at] = row
                elif opened >= 0:
                    # What begins a transaction without its header is in no loop of the one before it.
                    if closes[opened, loop] or row == floor:
                        current[at] = NONE
                elif row > 0 or not is_open[loop]:
                    # A transaction that only goes on closes nothing.
                    current[at] = NONE
                began_of[events, at] = current[at] if is_inside else NONE
            events_of[events] = row
            events += 1
        latest[row] = events - 1
        own = NONE
        if home == 0:
            own = floor
        elif home == state:
            own = began
        elif home == holder:
            own = holder_began
        elif home > 0:
            # A loop around others is tracked.
            own = int(current[tracked_at[home]])
        names_of[row], opened_of[row], home_of[row], inner_of[row] = name, opened, home, state
        begins_of[row], holder_of[row], holder_begins[row] = own, holder, holder_began
    return events


def is_regular(  # noqa: C901, PLR0912, PLR0915 - the same
    tags: Array, of: Array, texts: Texts, guide: Guide, start: Start, way: Way
) -> bool:
    """Whether nothing is out of its place, as `regular.irregular` would say; False where that is to be asked."""
    codes, signs, cuts, elements, bounds, _starts, first, widths, is_tidy = texts
    is_level, resumes, follows, inside, order = guide.is_level, guide.resumes, guide.follows, guide.inside, guide.order
    repeats, parent, has_kinds, holds_line = guide.repeats, guide.parent, guide.has_kinds, guide.holds_line
    tracked_at = guide.tracked_at
    start_number, start_last, start_level = start.number, start.last_number, start.level
    names_of, opened_of, home_of, begins_of, inner_of = way.names, way.opened, way.home, way.begins, way.inner
    holder_of, holder_begins, latest, began_of = way.holder, way.holder_begins, way.latest_event, way.began
    level_row, level_kind, pending = NONE, 0, NONE
    hl_row, hl_number, line_row, line_claim = NONE, 0, NONE, NONE
    inner_row = NONE
    outside = len(is_level)
    numbers = np.full(outside, NONE, dtype=np.int64)
    number_of = np.full(outside, NONE, dtype=np.int64)
    opened_at = np.full(outside, NONE, dtype=np.int64)
    met = np.full(len(resumes), CARRIED - 1, dtype=np.int64)
    kinds = np.zeros(_KINDS, dtype=np.uint64)
    kind_count = 0
    for row in range(len(tags)):
        opened, home = int(opened_of[row]), int(home_of[row])
        if pending >= 0 and of[row] != of[row - 1]:
            return False
        if of[row] < 0:
            # Between transactions nothing is out of place; a loop never opens there.
            if opened > 0:
                return False
            continue
        label = tags[row]
        if label not in (_ST, _SE) and (home < 0 or home != inner_of[row]):
            return False
        if opened > 0 and is_level[opened]:
            before = 0
            if level_row >= 0:
                before = level_kind if of[level_row] == of[row] else 0
            elif of[row] == 0:
                before = start_level
            if not follows[before, opened] or (pending >= 0 and not inside[pending, opened]):
                return False
            level_row, level_kind, pending = row, opened, NONE
            opened_at[opened] = row
        elif opened > 0:
            holder = int(holder_of[row])
            is_leaf = opened != holder
            if is_leaf and not inside[holder, opened]:
                return False
            if not is_leaf and level_row >= 0:
                pending = level_kind
            if inner_row >= 0 and is_leaf and holder_begins[row] == holder_begins[inner_row]:
                former = int(opened_of[inner_row])
                if former != holder_of[inner_row]:
                    step = order[opened] - order[former]
                    if step < 0 or (opened == former and not repeats[opened]) or (step == 0 and opened != former):
                        return False
            inner_row = row
        number = NONE
        if label in (_HL, _LX):
            begin = end = 0
            if widths[row] > 1:
                cell = first[row] + 1
                begin, end = int(bounds[cell]) + 1, int(bounds[cell + 1])
                if not is_tidy:
                    begin, end = trimmed(codes, signs, begin, end)
            number = whole_of(codes, begin, end)
            if number < 0 and (label == _HL or begin < end):
                return False
        if label == _HL:
            former = start_last if hl_row < 0 else hl_number
            if of[row] != (0 if hl_row < 0 else of[hl_row]):
                former = 0
            if number != former + 1:
                return False
            outer = parent[opened] if opened >= 0 else 0
            if outer > 0:
                begin = end = 0
                if widths[row] > 2:
                    cell = first[row] + 2
                    begin, end = int(bounds[cell]) + 1, int(bounds[cell + 1])
                    if not is_tidy:
                        begin, end = trimmed(codes, signs, begin, end)
                around = whole_of(codes, begin, end)
                at = int(began_of[latest[row], tracked_at[outer]])
                known = NONE
                if at == CARRIED:
                    known = start_number[outer]
                elif at >= 0 and number_of[outer] == at:
                    known = numbers[outer]
                if around < 0 or around != known:
                    return False
            if opened >= 0:
                numbers[opened], number_of[opened] = number, row
            hl_row, hl_number = row, number
        name = np.uint64(names_of[row])
        if resumes[name] >= 0 and resumes[name] == home:
            is_again = met[name] == begins_of[row]
            met[name] = begins_of[row]
            if is_again and not has_kinds[name]:
                return False
            if has_kinds[name]:
                kind_count = kind_count if is_again else 0
                begin = end = 0
                if widths[row] > 1:
                    cell = first[row] + 1
                    part = elements[cell]
                    begin, end = int(cuts[part]) + 1, int(cuts[part + 1])
                    if not is_tidy:
                        begin, end = trimmed(codes, signs, begin, end)
                kind = head_of(codes, begin, end)
                for at in range(kind_count):
                    if kinds[at] == kind:
                        return False
                if kind_count == _KINDS:
                    return False
                kinds[kind_count] = kind
                kind_count += 1
        if label == _LX and opened >= 0:
            claim = NONE
            for loop in range(outside):
                if holds_line[opened, loop]:
                    claim = max(claim, opened_at[loop])
            if line_row >= 0 and number == 1 and claim == line_claim:
                return False
            line_row, line_claim = row, claim
    return pending < 0
