"""The implementation guide as data: limits, codes, and where each segment of a transaction may stand.

A guide file declares every loop once, with the loops it may stand in. `Guide.place` walks it: given the loops that
are open and the next segment, it says which loop the segment belongs to. It never needs the whole file in memory.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
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
    """One loop: what opens it, what it holds itself, and where it may stand.

    `resumes` are segments that stand only in this loop: met where they cannot belong, they show that the segment
    that should have opened the loop is missing. `order` is the place among its siblings.
    """

    id: str
    label: str
    inside: tuple[str, ...]
    segment: str
    element: int | None
    values: frozenset[str]
    segments: frozenset[str]
    resumes: frozenset[str]
    repeats: bool
    order: int

    def is_opened_by(self, segment_id: str, elements: Sequence[str]) -> bool:
        """Whether a segment begins this loop; `elements` count from 1, its id at 0."""
        if segment_id != self.segment:
            return False
        if self.element is None:
            return True
        return len(elements) > self.element and elements[self.element].strip() in self.values


@dataclass(frozen=True, slots=True)
class Place:
    """Where a segment belongs: keep `depth` loops of the open path, then open `opened`.

    `opens_itself` says that the segment is the one that begins the last loop opened. `missing` names loops that
    must have begun although the segment that begins them is not there.
    """

    depth: int
    opened: tuple[str, ...]
    opens_itself: bool
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Guide:
    """One implementation guide; `limits`, `lengths` and `codes` are as the file names them."""

    version: str
    loops: Mapping[str, Loop]
    limits: Mapping[str, int]
    lengths: Mapping[str, int]
    codes: Mapping[str, Any]
    children: Mapping[str, tuple[Loop, ...]]
    known_segments: frozenset[str]

    def place(self, path: Sequence[str], segment_id: str, elements: Sequence[str]) -> Place | None:
        """Where the segment stands, given the open loops (outermost first); `None` when it can stand nowhere.

        The innermost loop that can take it wins. A loop that stands earlier than one already open shows that its
        parent has begun anew without the segment that should have said so.
        """
        return self._opening(path, segment_id, elements) or self._inside(path, segment_id)

    def _opening(self, path: Sequence[str], segment_id: str, elements: Sequence[str]) -> Place | None:
        for depth in range(len(path), 0, -1):
            parent = path[depth - 1]
            for child in self.children.get(parent, ()):
                if not child.is_opened_by(segment_id, elements):
                    continue
                open_child = self.loops[path[depth]] if depth < len(path) else None
                if open_child is None or child.order > open_child.order or (child is open_child and child.repeats):
                    return Place(depth, (child.id,), opens_itself=True)
                # Going back is only possible when the parent itself has begun anew.
                if self.loops[parent].resumes or self.loops[parent].repeats:
                    if self._resuming(path, segment_id):
                        break
                    return Place(depth - 1, (parent, child.id), opens_itself=True, missing=(parent,))
        return None

    def _inside(self, path: Sequence[str], segment_id: str) -> Place | None:
        resuming = self._resuming(path, segment_id)
        for depth in range(len(path), 0, -1):
            loop = self.loops[path[depth - 1]]
            if segment_id not in loop.segments:
                continue
            if resuming is not None and resuming.depth >= depth:
                return resuming
            if depth < len(path) and segment_id in loop.resumes:
                # It stands before the loops inside it: the loop has begun anew.
                return Place(depth - 1, (loop.id,), opens_itself=False, missing=(loop.id,))
            return Place(depth, (), opens_itself=False)
        return resuming

    def _resuming(self, path: Sequence[str], segment_id: str) -> Place | None:
        for depth in range(len(path), 0, -1):
            for child in self.children.get(path[depth - 1], ()):
                if segment_id in child.resumes and (depth == len(path) or path[depth] != child.id):
                    return Place(depth, (child.id,), opens_itself=False, missing=(child.id,))
        return None


@cache
def load_guide(version: str = PROFESSIONAL_CLAIM) -> Guide:
    """The guide of that version, read once; `GuideError` when a loop names a parent that is not declared before it."""
    text = resources.files("cleanclaim.x12").joinpath("guides", f"{version}.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    loops: dict[str, Loop] = {}
    children: dict[str, list[Loop]] = {}
    for order, entry in enumerate(table["loop"]):
        opens = entry["opens"]
        loop = Loop(
            id=entry["id"],
            label=entry["label"],
            inside=tuple(entry["inside"]),
            segment=opens["segment"],
            element=opens.get("element"),
            values=frozenset(opens.get("values", ())),
            segments=frozenset(entry["segments"]),
            resumes=frozenset(entry.get("resumes", ())),
            repeats=entry.get("repeats", False),
            order=order,
        )
        for parent in loop.inside:
            if parent not in loops:
                raise GuideError(f"{version}: loop {loop.id} stands inside {parent}, which is not declared before it")
            children.setdefault(parent, []).append(loop)
        loops[loop.id] = loop
    segments = {loop.segment for loop in loops.values()}.union(*(loop.segments for loop in loops.values()))
    return Guide(
        version=version,
        loops=MappingProxyType(loops),
        limits=MappingProxyType({name: value for name, value in table["limits"].items() if name != "memory"}),
        lengths=MappingProxyType(table["lengths"]),
        codes=MappingProxyType(table["codes"]),
        children=MappingProxyType({parent: tuple(below) for parent, below in children.items()}),
        known_segments=frozenset(segments),
    )
