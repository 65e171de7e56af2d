"""Segments of a damaged transaction placed one by one, by the tree that `cleanclaim.x12.loops` builds of them.

There it is decided which level a claim belongs to when the segment that should have begun one is lost. Here the tree
is laid back into the columns: a claim whose subscriber is unknown gets nobody else's.
"""

from __future__ import annotations

import numpy as np

from cleanclaim.x12.columnar.envelopes import Span
from cleanclaim.x12.columnar.placing import Careful, LoopState, Placed
from cleanclaim.x12.columnar.tokens import Offsets, Tokens, tag
from cleanclaim.x12.columnar.walking import CARRIED, NONE
from cleanclaim.x12.guide import Guide
from cleanclaim.x12.interchange import Segment
from cleanclaim.x12.loops import LoopNode, level_number, resume
from cleanclaim.x12.problems import Problem


def replace(tokens: Tokens, placed: Placed, span: Span, guide: Guide, start: LoopState, first: int) -> list[Problem]:
    """Place the segments of one transaction anew.

    The problems are those of the tree; they name segments by their number in the file, where `first` is that of the
    first segment at hand.
    """
    count = span.end - span.begin
    held = _held(placed, start) if span.is_continued else []
    last = start.last_number if span.is_continued else 0
    given = [_segment(tokens, row) for row in range(span.begin, span.end)]
    root, problems, path = resume(held, given, guide, before=span.before, last_level=last, is_whole=span.is_complete)
    ids = {loop: number for number, loop in enumerate(placed.table.ids)}
    here = slice(span.begin, span.end)
    placed.opened[here] = NONE
    placed.home[here] = NONE
    placed.begins[here] = NONE
    around: dict[int, Offsets] = {loop: np.full(count, NONE, dtype=np.int64) for loop in range(len(ids))}
    walk = _Walk(placed, ids, span.begin, around)
    walk.lay(root)
    placed.careful.append(Careful(span.begin, span.end, around))
    if placed.state.holder >= 0 and span.end == len(tokens):
        _leave_open(tokens, placed, walk, [ids[loop] for loop in path], start)
    return [problem._replace(segment=problem.segment - 1 + first) for problem in problems if problem.segment > 0]


def _segment(tokens: Tokens, row: int) -> Segment:
    """One segment as the tree wants it; numbers count from 1 at the first segment at hand."""
    return Segment(row + 1, tokens.segment(row).decode("latin-1"), tokens.delimiters, "", "")


def _held(placed: Placed, start: LoopState) -> list[tuple[str, str | None]]:
    """The levels that are open before the first segment, as the tree takes them."""
    table = placed.table
    return [
        (table.ids[loop], str(start.numbers[loop]) if loop in start.numbers else None)
        for loop in sorted(start.open | {0})
        if table.is_level[loop]
    ]


def _leave_open(tokens: Tokens, placed: Placed, walk: _Walk, path: list[int], start: LoopState) -> None:
    """What is open after the last segment, as the tree has it: a segment of no meaning closes nothing."""
    placed_rows = np.flatnonzero(placed.home[walk.begin :] != NONE)
    numbers: dict[int, int] = {}
    for loop in path:
        around = walk.around[loop]
        row = int(around[placed_rows[-1]]) if len(placed_rows) else CARRIED
        around[-1] = row
        if row >= 0 and tokens.tags[row] == tag("HL"):
            numbers[loop] = level_number(tokens.text(row, 1))
        elif row == CARRIED and loop in start.numbers:
            numbers[loop] = start.numbers[loop]
    holder = max((loop for loop in path if placed.table.is_level[loop]), default=0)
    placed.state = LoopState(holder, frozenset(path), numbers, placed.state.last_number)


class _Walk:
    """Lays a tree into columns, from the outermost loop inward, without recursion deeper than the guide's loops."""

    def __init__(self, placed: Placed, ids: dict[str, int], begin: int, around: dict[int, Offsets]) -> None:
        self.placed = placed
        self.ids = ids
        self.begin = begin
        self.around = around

    def lay(self, root: LoopNode) -> None:
        """The whole tree."""
        rest: list[tuple[LoopNode, tuple[tuple[int, int], ...]]] = [(root, ())]
        while rest:
            node, path = rest.pop()
            loop = self.ids[node.id]
            began = self._began(node)
            inward = (*path, (loop, began))
            for segment in node.segments:
                if segment.number:
                    row = segment.number - 1
                    self.placed.home[row] = loop
                    self.placed.begins[row] = began
                    self.placed.inner[row] = loop
                    for outer, at in inward:
                        self.around[outer][row - self.begin] = at
            if began >= 0 and loop:
                self._open(loop, began, own=bool(node.segments))
            rest.extend((child, inward) for child in node.children)

    def _began(self, node: LoopNode) -> int:
        if node.segments and node.segments[0].number == 0:
            return CARRIED
        if node.id == "ST":
            return int(self.placed.floors[self.begin])
        first = node.at
        return first - 1 if first > 0 else NONE

    def _open(self, loop: int, row: int, *, own: bool) -> None:
        if own and self.placed.opened[row] == NONE:
            self.placed.opened[row] = loop
        else:
            self.placed.begun.setdefault(loop, []).append(row)
