"""The implementation guide as data: limits, codes, and where each segment of a transaction may stand.

A guide file declares every loop once, with the loops it may stand in. `Guide.place` walks it: given the loops that
are open and the next segment, it says which loop the segment belongs to. It never needs the whole file in memory.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

PROFESSIONAL_CLAIM = "005010X222A1"
"""The implementation of the professional claim that is written and read here."""


class GuideError(ValueError):
    """A guide file that contradicts itself."""


@dataclass(frozen=True, slots=True)
class Loop:
    """One loop: what opens it, what it holds itself, and the loops inside it, in order.

    `resumes` are segments that stand only in this loop: met where they cannot belong, they show that the segment
    that should have opened the loop is missing. What is inside a `level` belongs to that one instance of it.
    """

    id: str
    label: str
    segment: str
    element: int | None
    values: frozenset[str]
    segments: frozenset[str]
    resumes: frozenset[str]
    children: tuple[str, ...]
    repeats: bool
    level: bool

    def is_opened_by(self, segment_id: str, value: str) -> bool:
        """Whether a segment begins this loop; `value` is that of the deciding element."""
        return segment_id == self.segment and (self.element is None or value in self.values)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a segment belongs: keep `depth` loops of the open path, then open `opened`.

    `begins` says that the segment is the one that opens the last of `opened`. `missing` are loops that must have
    begun although the segment that opens them is not there. `is_misplaced` says that it stands out of order.
    """

    depth: int
    opened: tuple[str, ...] = ()
    begins: bool = False
    missing: tuple[str, ...] = ()
    is_misplaced: bool = False


@dataclass(frozen=True, slots=True)
class Guide:
    """One implementation guide; `limits`, `lengths` and `codes` are as the file names them."""

    version: str
    loops: Mapping[str, Loop]
    limits: Mapping[str, int]
    lengths: Mapping[str, int]
    codes: Mapping[str, Any]
    parents: Mapping[str, tuple[str, ...]]
    known_segments: frozenset[str]
    deciding: Mapping[str, tuple[int, frozenset[str]]]
    """By segment: the element that decides which loop it opens, and the values that do."""
    _places: dict[tuple[tuple[str, ...], str, str], Place | None]

    def place(self, path: tuple[str, ...], segment_id: str, said: Callable[[int], str]) -> Place | None:
        """Where the segment stands, given the open loops (outermost first); `None` when it can stand nowhere.

        `said` gives the text of one of its elements, by position from 1.
        The innermost loop that can take it wins. Nothing is attributed to a level that it may not belong to: where
        order shows that a level began without the segment that opens it, that level is `missing`.
        """
        if segment_id not in self.known_segments:
            return None
        value = ""
        if segment_id in self.deciding:
            element, values = self.deciding[segment_id]
            text = said(element)
            value = text if text in values else ""
        # A few hundred answers serve files of any size.
        key = (path, segment_id, value)
        if key not in self._places:
            self._places[key] = self._placed(path, segment_id, value)
        return self._places[key]

    def _placed(self, path: Sequence[str], segment_id: str, value: str) -> Place | None:
        opening = self._opening(path, segment_id, value)
        if opening is not None:
            return opening
        if path and segment_id in self.loops[path[-1]].segments:
            return Place(len(path))
        return (
            self._resuming(path, segment_id)
            or self._outward(path, segment_id)
            or self._implied(path, segment_id, value)
        )

    def _opening(self, path: Sequence[str], segment_id: str, value: str) -> Place | None:
        for depth in range(len(path), 0, -1):
            parent = self.loops[path[depth - 1]]
            for place, child_id in enumerate(parent.children):
                child = self.loops[child_id]
                if not child.is_opened_by(segment_id, value):
                    continue
                if depth == len(path):
                    return Place(depth, (child_id,), begins=True)
                open_id = path[depth]
                open_place = parent.children.index(open_id)
                if place > open_place or (place == open_place and child.repeats):
                    return Place(depth, (child_id,), begins=True)
                if not self.loops[open_id].level:
                    return Place(depth, (child_id,), begins=True, is_misplaced=True)
                # Back to the front of a level: another one has begun, unless a segment of its own says which.
                if parent.level and self._resuming(path, segment_id) is None:
                    return Place(depth - 1, (parent.id, child_id), begins=True, missing=(parent.id,))
                return None
        return None

    def _resuming(self, path: Sequence[str], segment_id: str) -> Place | None:
        for depth in range(len(path), 0, -1):
            for child_id in self.loops[path[depth - 1]].children:
                child = self.loops[child_id]
                if segment_id not in child.resumes:
                    continue
                is_open = depth < len(path) and path[depth] == child_id
                is_past = depth + 1 < len(path) and self.loops[path[depth + 1]].level
                if is_open and not is_past:
                    continue
                return Place(depth, (child_id,), missing=(child_id,))
        return None

    def _outward(self, path: Sequence[str], segment_id: str) -> Place | None:
        for depth in range(len(path) - 1, 0, -1):
            if self.loops[path[depth]].level:
                # What stands outside an open level is over.
                return None
            if segment_id in self.loops[path[depth - 1]].segments:
                return Place(depth, is_misplaced=True)
        return None

    def _implied(self, path: Sequence[str], segment_id: str, value: str) -> Place | None:
        """A loop whose parents are not open: they must have begun unseen."""
        found = [loop for loop in self.loops.values() if loop.is_opened_by(segment_id, value)]
        if len(found) > 1 and any(loop.element is not None for loop in found):
            return None
        chains = [chain for loop in found for chain in self._chains(path, loop.id)]
        if not chains:
            return None
        depth, opened = min(chains, key=lambda chain: (len(chain[1]), -chain[0]))
        return Place(depth, opened, begins=True, missing=opened[:-1])

    def _chains(self, path: Sequence[str], loop_id: str) -> list[tuple[int, tuple[str, ...]]]:
        """Ways to open a loop from the path: how much of the path is kept, and the loops opened in turn."""
        ways: list[tuple[int, tuple[str, ...]]] = []
        for parent in self.parents.get(loop_id, ()):
            if parent in path:
                ways.append((path.index(parent) + 1, (loop_id,)))
            else:
                ways.extend((depth, (*opened, loop_id)) for depth, opened in self._chains(path, parent))
        return ways


@cache
def load_guide(version: str = PROFESSIONAL_CLAIM) -> Guide:
    """The guide of that version, read once; `GuideError` when a loop names a child that is not declared."""
    text = resources.files("cleanclaim.x12").joinpath("guides", f"{version}.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    loops = {entry["id"]: _loop(entry) for entry in table["loop"]}
    parents: dict[str, tuple[str, ...]] = {}
    for loop in loops.values():
        for child in loop.children:
            if child not in loops:
                raise GuideError(f"{version}: loop {loop.id} names {child}, which is not declared")
            parents[child] = (*parents.get(child, ()), loop.id)
    deciding: dict[str, tuple[int, frozenset[str]]] = {}
    for loop in loops.values():
        if loop.element is not None:
            _, values = deciding.get(loop.segment, (loop.element, frozenset()))
            deciding[loop.segment] = (loop.element, values | loop.values)
    segments = {loop.segment for loop in loops.values()}.union(*(loop.segments for loop in loops.values()))
    return Guide(
        version=version,
        loops=MappingProxyType(loops),
        limits=MappingProxyType({name: value for name, value in table["limits"].items() if name != "memory"}),
        lengths=MappingProxyType(table["lengths"]),
        codes=MappingProxyType(table["codes"]),
        parents=MappingProxyType(parents),
        known_segments=frozenset(segments),
        deciding=MappingProxyType(deciding),
        _places={},
    )


def _loop(entry: Mapping[str, Any]) -> Loop:
    opens = entry["opens"]
    return Loop(
        id=entry["id"],
        label=entry["label"],
        segment=opens["segment"],
        element=opens.get("element"),
        values=frozenset(opens.get("values", ())),
        segments=frozenset(entry["segments"]),
        resumes=frozenset(entry.get("resumes", ())),
        children=tuple(entry.get("children", ())),
        repeats=entry.get("repeats", False),
        level=entry.get("level", False),
    )
