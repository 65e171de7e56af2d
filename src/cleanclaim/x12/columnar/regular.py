"""Whether a transaction is as well formed as `placing` takes it to be; where it is not, each claim is placed with care.

All checks are over whole columns, so that a good file costs next to nothing. A transaction in which one fails is given
to `careful`, which reads it segment by segment.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cleanclaim.x12.columnar.column_map import ColumnMap
from cleanclaim.x12.columnar.envelopes import Span
from cleanclaim.x12.columnar.placing import LoopState, Placed, instance, is_plain
from cleanclaim.x12.columnar.tokens import Flags, Offsets, Tokens, tag, tag_name
from cleanclaim.x12.columnar.values import decimals_of
from cleanclaim.x12.columnar.walking import CARRIED
from cleanclaim.x12.problems import Problem

_ONE = 1


def irregular(tokens: Tokens, placed: Placed, spans: Sequence[Span], start: LoopState) -> list[int]:
    """The transactions, by their index, in which something stands where it should not, or is missing."""
    found: set[int] = set()
    if not is_plain(tokens, placed, start):
        odd = _misplaced(placed, tokens)
        for rows in (
            _levels_out_of_order(placed, start),
            _loops_out_of_order(placed),
            _miscounted_levels(tokens, placed, start),
            _second_of_a_kind(tokens, placed),
            _claims_without_lines(placed),
        ):
            odd[rows] = True
        found.update(np.unique(placed.transactions[odd & (placed.transactions >= 0)]).tolist())
    for index, span in enumerate(spans):
        if span.promised > span.before + span.end - span.begin:
            found.add(index)
    return sorted(found)


def without_meaning(tokens: Tokens, placed: Placed, first: int) -> list[Problem]:
    """One line for each run of segments that can stand nowhere in their transaction, and so are in no table.

    `first` is the number in the file of the first segment at hand.
    """
    rows = np.flatnonzero(placed.home < 0)
    if len(rows):
        rows = rows[_within(placed, tokens).take(rows)]
    found = []
    for row in rows[np.diff(rows, prepend=-2) > 1].tolist():
        is_known = placed.names[row] != placed.table.name_count
        words = "a segment that cannot stand here" if is_known else "a segment of no meaning here"
        loop = placed.table.ids[placed.inner[row]]
        name = tag_name(int(tokens.tags[row])) or "segment"
        found.append(Problem(first + row, loop, name, words, "a segment of the loop around it"))
    return found


def too_late(tokens: Tokens, placed: Placed, columns: ColumnMap, first: int) -> list[Problem]:
    """One line for each segment that would fill a column of its transaction's row, which an earlier block has.

    `first` is the number in the file of the first segment at hand.
    """
    rows = np.flatnonzero((placed.home == 0) & (placed.begins == CARRIED))
    if not len(rows):
        return []
    in_tables = {spec.segment for spec in columns.tables}
    of_root = [spec for spec in columns.tables if not spec.segment and placed.table.ids[0] in spec.loops]
    names = {column.segment for spec in of_root for column in spec.columns} - in_tables
    found = []
    for row in rows.tolist():
        name = tag_name(int(tokens.tags[row]))
        if name in names:
            words = "a segment behind what its transaction holds"
            found.append(Problem(first + row, placed.table.ids[0], name, words, "it at the transaction's beginning"))
    return found


def _within(placed: Placed, tokens: Tokens) -> Flags:
    """Segments inside transactions, but for headers and trailers."""
    inside: Flags = (placed.transactions >= 0) & (tokens.tags != tag("ST")) & (tokens.tags != tag("SE"))
    return inside


def _misplaced(placed: Placed, tokens: Tokens) -> Flags:
    """Segments of no meaning, and segments of a loop outside the innermost open one."""
    odd: Flags = _within(placed, tokens) & ((placed.home < 0) | (placed.home != placed.inner))
    return odd


def _levels_out_of_order(placed: Placed, start: LoopState) -> Offsets:
    table = placed.table
    rows = np.flatnonzero((placed.opened > 0) & table.is_level[placed.opened])
    if not len(rows):
        return rows
    of = placed.transactions[rows]
    before = np.concatenate(([0], placed.opened[rows][:-1]))
    before[np.flatnonzero(np.diff(of, prepend=-1))] = 0
    if start.holder >= 0 and of[0] == 0:
        # The first transaction goes on: what was open before the first segment stands before its first level.
        around = [loop for loop in start.open if table.is_level[loop]]
        before[0] = max(around, default=0)
    found: Offsets = rows[~table.follows[before, placed.opened[rows]]]
    return found


def _loops_out_of_order(placed: Placed) -> Offsets:
    """Loops that stand before one they should follow, a second time, or outside the loop that is open."""
    table = placed.table
    rows = np.flatnonzero((placed.opened > 0) & ~table.is_level[placed.opened])
    if len(rows) == 0:
        return rows
    opened, holder = placed.opened[rows], placed.holder[rows]
    is_leaf = opened != holder
    is_outside = is_leaf & ~table.inside[holder, opened]
    same = (placed.holder_begins[rows][1:] == placed.holder_begins[rows][:-1]) & is_leaf[1:] & is_leaf[:-1]
    order = table.order[opened]
    is_early = same & ((order[1:] < order[:-1]) | ((opened[1:] == opened[:-1]) & ~table.repeats[opened[1:]]))
    is_early |= same & (order[1:] == order[:-1]) & (opened[1:] != opened[:-1])
    return np.concatenate((rows[is_outside], rows[1:][is_early]))


def _miscounted_levels(tokens: Tokens, placed: Placed, start: LoopState) -> Offsets:
    """Levels that are not numbered one by one, or that name another level than the one around them."""
    rows: Offsets = np.flatnonzero((tokens.tags == tag("HL")) & (placed.transactions >= 0))
    if not len(rows):
        return rows
    table = placed.table
    extents, cells = tokens.spread(rows), tokens.cells
    own = decimals_of(tokens, cells.element(extents, 1), 0)
    parent = decimals_of(tokens, cells.element(extents, 2), 0)
    of = placed.transactions[rows]
    before = np.concatenate(([start.last_number if of[0] == 0 else 0], own.values[:-1]))
    before[1:][of[1:] != of[:-1]] = 0
    odd = ~own.known | (own.values != before + 1)
    number = np.full(len(placed.home) + 2, -1, dtype=np.int64)
    number[rows + 2] = own.values
    for loop in sorted(set(placed.opened[rows].tolist())):
        outer = table.parents[loop][0] if loop >= 0 and table.parents[loop] else 0
        if outer == 0:
            continue
        mine = placed.opened[rows] == loop
        number[0] = start.numbers.get(outer, -1)
        around = instance(placed, outer, start).at(rows)
        odd |= mine & (~parent.known | (number[around + 2] != parent.values))
    found: Offsets = rows[odd]
    return found


def _second_of_a_kind(tokens: Tokens, placed: Placed) -> Offsets:
    """Segments that stand once in their loop and are met again in it, and lines that count from 1 again."""
    table = placed.table
    found: list[Offsets] = []
    for name, loop in table.resumes.items():
        rows: Offsets = np.flatnonzero((tokens.tags == tag(name)) & (placed.home == loop))
        begins = placed.begins[rows]
        again = np.flatnonzero(begins[1:] == begins[:-1]) + 1
        if name == "HI" and len(again):
            # A claim may carry several of these, each of another kind.
            cells = tokens.cells
            kinds = cells.words(cells.component(tokens.spread(rows), 1, 0))
            pairs = np.stack((begins.astype(np.uint64), kinds))
            _, first = np.unique(pairs, axis=1, return_index=True)
            again = np.setdiff1d(np.arange(len(rows)), first)
        found.append(rows[again])
    lines: Offsets = np.flatnonzero(tokens.tags == tag("LX"))
    lines = lines[placed.opened[lines] >= 0]
    if len(lines):
        number = decimals_of(tokens, tokens.cells.element(tokens.spread(lines), 1), 0).values
        ones = np.flatnonzero(number[1:] == _ONE) + 1
        claims = placed.instances_of_parent(np.concatenate((lines[ones], lines[ones - 1])))
        found.append(lines[ones[claims[: len(ones)] == claims[len(ones) :]]])
    return np.concatenate(found) if found else lines


def _claims_without_lines(placed: Placed) -> Offsets:
    """Claims without lines that name another payer: it may be the subscriber of the next one, whose level is lost."""
    table = placed.table
    rows = np.flatnonzero(placed.opened > 0)
    kinds, of = placed.opened[rows], placed.transactions[rows]
    is_level = table.is_level[kinds]
    levels = np.flatnonzero(is_level)
    holders = np.flatnonzero(~is_level & (kinds == placed.holder[rows]))
    if not len(holders) or not len(levels):
        return rows[:0]
    # The level around each such loop, and the level after it, which is to stand in it.
    at = np.searchsorted(levels, holders)
    after = levels[np.minimum(at, len(levels) - 1)]
    has_line = (at < len(levels)) & (of[after] == of[holders])
    has_line &= table.inside[kinds[levels[at - 1]], kinds[after]]
    found: Offsets = rows[holders[(at > 0) & ~has_line]]
    return found
