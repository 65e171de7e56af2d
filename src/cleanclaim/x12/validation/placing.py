"""Where a segment stands: from the loops that are open and how far each has come, to where the next segment leads.

The answers are few and remembered: a few hundred serve a file of any size. The innermost loop that can take a segment
in order does; else the innermost that could have taken it earlier does, and the segment is out of order.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

from cleanclaim.x12.validation.structure import Entry, Loop, Structure


@dataclass(frozen=True, slots=True, eq=False)
class Move:
    """What a segment does: loops beyond `depth` end; the one at `holder` takes `entry`; a loop may begin.

    `entry` is `None` where the segment can stand nowhere: then `candidates` are uses that its code alone excludes.
    `is_watched`: a value in it is noted for a condition of the loop that it stands in. `is_misplaced` says that it
    stands too late in its loop.
    """

    target: State
    depth: int
    holder: int
    entry: Entry | None
    is_watched: bool = False
    is_misplaced: bool = False
    is_passed_over: bool = False
    candidates: tuple[Entry, ...] = ()


@dataclass(slots=True, eq=False)
class State:
    """The open loops, outermost first, each with how far it has come; `moves` remembers where segments lead.

    `detached` is how many of them were open when a loop began that stands too late; 0 where none did. `is_adrift` says
    that the segment before opens a loop somewhere but found no place here: what belongs to it cannot be judged.
    """

    levels: tuple[tuple[Loop, int], ...]
    detached: int
    is_adrift: bool
    moves: dict[str, Move] = field(default_factory=dict)


class Places:
    """All states of one guide, made when first reached."""

    def __init__(self, structure: Structure) -> None:
        self.structure = structure
        self._states: dict[tuple[tuple[tuple[int, int], ...], int, bool], State] = {}
        self.start = self._state(((structure.root, 0),))

    def move(self, state: State, key: str, tag: str, value: str) -> Move:
        """Where a segment leads; `key` is what tells it from others in `state.moves`."""
        move = self._placed(state, tag, value)
        state.moves[key] = move
        return move

    def _state(self, levels: tuple[tuple[Loop, int], ...], detached: int = 0, *, is_adrift: bool = False) -> State:
        key = tuple((id(loop), order) for loop, order in levels), detached, is_adrift
        if key not in self._states:
            self._states[key] = State(levels, detached, is_adrift)
        return self._states[key]

    def _placed(self, state: State, tag: str, value: str) -> Move:
        is_opener = tag in self.structure.openers
        if state.is_adrift and not is_opener and not self._ends_all(tag):
            return Move(state, len(state.levels), 0, None, is_passed_over=True)
        found = self._in_order(state, tag, value)
        if found is None:
            found = self._lone(state, tag) or self._too_late(state, tag, value)
        if found is not None:
            return found
        candidates = tuple(
            entry for loop, order in state.levels for entry in loop.entries if entry.tag == tag and entry.order >= order
        )
        target = self._state(state.levels, state.detached, is_adrift=is_opener)
        return Move(target, len(state.levels), 0, None, candidates=candidates)

    def _ends_all(self, tag: str) -> bool:
        """Whether it is the transaction's trailer."""
        return tag == self.structure.root.entries[-1].tag

    def _in_order(self, state: State, tag: str, value: str) -> Move | None:
        for depth in range(len(state.levels), 0, -1):
            loop, order = state.levels[depth - 1]
            for entry in loop.entries:
                if entry.order >= order and entry.takes(tag, value):
                    return self._taken(state, depth, entry)
        return None

    def _taken(self, state: State, depth: int, entry: Entry) -> Move:
        loop = state.levels[depth - 1][0]
        levels = (*state.levels[: depth - 1], (loop, entry.order))
        if entry.child is not None:
            levels = (*levels, (entry.child, 0))
        detached = state.detached if depth > state.detached else 0
        is_watched = entry.tag in (entry.child or loop).watched
        return Move(self._state(levels, detached), depth, depth - 1, entry, is_watched)

    def _lone(self, state: State, tag: str) -> Move | None:
        """The one segment of the innermost loop that its id alone fits: its code is wrong, its place is clear."""
        for depth in range(len(state.levels), 0, -1):
            loop, order = state.levels[depth - 1]
            fit = [entry for entry in loop.entries if entry.tag == tag and entry.order >= order]
            if fit:
                return self._taken(state, depth, fit[0]) if len(fit) == 1 and fit[0].child is None else None
        return None

    def _too_late(self, state: State, tag: str, value: str) -> Move | None:
        for depth in range(len(state.levels), 0, -1):
            loop, _ = state.levels[depth - 1]
            for entry in loop.entries:
                if entry.takes(tag, value):
                    return self._misplaced(state, depth, entry)
        return None

    def _misplaced(self, state: State, depth: int, entry: Entry) -> Move:
        """A loop that stands too late ends nothing: it is put beside what is open, in place of one put so before."""
        if entry.child is None:
            is_watched = entry.tag in state.levels[depth - 1][0].watched
            return Move(state, len(state.levels), depth - 1, entry, is_watched, is_misplaced=True)
        base = max(state.detached, depth) if state.detached else len(state.levels)
        levels = (*state.levels[:base], (entry.child, 0))
        is_watched = entry.tag in entry.child.watched
        return Move(self._state(levels, base), base, depth - 1, entry, is_watched, is_misplaced=True)


@cache
def places_of(structure: Structure) -> Places:
    """The states of a guide, shared by all transactions that follow it."""
    return Places(structure)
