"""The loops of one transaction as tables of numbers, so that all segments can be placed at once.

A guide file says what opens each loop, what stands in it and which loops are inside. From that, four tables are made
once: which segment opens a level, which opens a loop that holds others, which opens a loop that holds none, and in
which open loop a segment is at home. `symbols` are what the tables are indexed by: a segment's name or, where one
element decides which loop it opens, the name with that value.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleanclaim.x12.columnar.cells import head
from cleanclaim.x12.columnar.tokens import Codes, Flags, Offsets, Tokens, tag
from cleanclaim.x12.guide import GuideError

Small = NDArray[np.int16]

NOWHERE = -1
_SLOTS = 4096


@dataclass(frozen=True, slots=True)
class _Entry:
    """One loop as the file declares it."""

    id: str
    segment: str
    element: int | None
    values: tuple[str, ...]
    segments: frozenset[str]
    resumes: frozenset[str]
    children: tuple[str, ...]
    is_level: bool
    repeats: bool


@dataclass(frozen=True, slots=True, eq=False)
class _Names:
    """Segment names to small numbers by one look-up: a slot holds the one name that falls into it."""

    factor: int
    slots: Codes
    numbers: Small
    of_name: Mapping[str, int]

    @classmethod
    def of(cls, names: Iterable[str]) -> _Names:
        names = list(names)
        tags = [tag(name) for name in names]
        for factor in range(0x9E3779B1, 0x9E3779B1 + 20_000, 2):
            places = [cls._slot(number, factor) for number in tags]
            if len(set(places)) == len(tags):
                break
        else:
            raise GuideError(f"{len(tags)} segment names have no slots of their own; expected fewer names")
        slots = np.full(_SLOTS, -1, dtype=np.int32)
        numbers = np.full(_SLOTS, len(tags), dtype=np.int16)
        slots[places] = tags
        numbers[places] = np.arange(len(tags))
        return cls(factor, slots, numbers, {name: number for number, name in enumerate(names)})

    @staticmethod
    def _slot(number: int, factor: int) -> int:
        return ((number * factor) >> 18) % _SLOTS

    def find(self, tags: Codes, missing: int) -> Small:
        places = ((tags.astype(np.int64) * self.factor) >> 18) & (_SLOTS - 1)
        return np.where(self.slots.take(places) == tags, self.numbers.take(places), np.int16(missing)).astype(np.int16)


@dataclass(frozen=True, slots=True, eq=False)
class LoopTable:
    """The tables of one guide. Loops are numbers, in the order in which the file declares them; 0 is the transaction.

    Attributes:
        ids: the loops' names in the guide.
        levels: by symbol, the level it opens wherever it stands; -1 for none.
        holders: for each depth of loops that hold others: by open loop and symbol, the loop it opens.
        leaves: by open level or holder and symbol: the loop without loops inside that it opens.
        home: by open loop and name: the loop, this or one around it in the same level, in which it stands.
        parents: by loop: the loops it may stand in.
        order: by loop: its place among the loops of its parent.
        repeats: by loop: whether several may follow each other.
        is_level: by loop.
        holds: by loop: whether it has loops inside.
        follows: by level and level: whether the second may begin when the first was the last to begin.
        within: by loop and loop: whether the second may stand inside the first.
        inside: by open loop (the last row: none) and loop: whether the second is directly inside the first.
        resumes: name → loop for segments that stand once and only there.
        openers: by loop: the name of the segment that opens it.
        level_values: the values that decide which loop a hierarchical level opens.
    """

    ids: tuple[str, ...]
    names: _Names
    name_count: int
    deciding: tuple[tuple[str, int, NDArray[np.uint64], Small], ...]
    levels: Small
    holders: tuple[Small, ...]
    leaves: Small
    home: Small
    parents: tuple[tuple[int, ...], ...]
    order: Small
    repeats: Flags
    is_level: Flags
    holds: Flags
    follows: Flags
    within: Flags
    inside: Flags
    resumes: Mapping[str, int]
    openers: tuple[str, ...]
    level_values: tuple[tuple[str, int], ...]

    def number(self, loop: str) -> int:
        """The number of a loop; `GuideError` when there is none of that name."""
        try:
            return self.ids.index(loop)
        except ValueError:
            raise GuideError(f"no loop {loop!r}; expected one of {', '.join(self.ids)}") from None

    def number_of(self, name: str) -> int:
        """The number of a segment's name; `name_count` when it has no meaning here."""
        return self.names.of_name.get(name, self.name_count)

    def symbols(self, tokens: Tokens) -> tuple[Small, Small]:
        """Each segment's name as a number, and its symbol."""
        names = self.names.find(tokens.tags, self.name_count)
        symbols = names.copy()
        for name, position, values, numbers in self.deciding:
            rows: Offsets = np.flatnonzero(tokens.tags == tag(name))
            if len(rows):
                said = tokens.cells.heads.take(tokens.cells.element(tokens.spread(rows), position))
                at = np.minimum(np.searchsorted(values, said), len(values) - 1)
                symbols[rows] = np.where(values[at] == said, numbers[at], names[rows])
        return names, symbols


def loop_table(entries: Iterable[Mapping[str, Any]]) -> LoopTable:
    """Make the tables from the `loop` entries of a guide file; `GuideError` when they contradict each other."""
    loops = [_entry(entry) for entry in entries]
    return _Maker(loops).table()


def _entry(entry: Mapping[str, Any]) -> _Entry:
    opens = entry["opens"]
    return _Entry(
        id=entry["id"],
        segment=opens["segment"],
        element=opens.get("element"),
        values=tuple(opens.get("values", ())),
        segments=frozenset(entry["segments"]),
        resumes=frozenset(entry.get("resumes", ())),
        children=tuple(entry.get("children", ())),
        is_level=entry.get("level", False),
        repeats=entry.get("repeats", False),
    )


class _Maker:
    """Works the tables out, loop by loop; it runs once for each guide."""

    def __init__(self, loops: list[_Entry]) -> None:
        self.loops = loops
        self.ids = [loop.id for loop in loops]
        for loop in loops:
            for child in loop.children:
                if child not in self.ids:
                    raise GuideError(f"loop {loop.id} names {child}, which is not declared")
        self.parents = [tuple(n for n, loop in enumerate(loops) if one.id in loop.children) for one in loops]
        known = {loop.segment for loop in loops}.union(*(loop.segments for loop in loops))
        self.known = sorted(known)
        self.deciding = self._deciding()
        self.symbol_count = len(self.known) + 1 + sum(len(values) for _, _, values in self.deciding)

    def table(self) -> LoopTable:
        """All tables."""
        count, own = len(self.loops), [loop.is_level or index == 0 for index, loop in enumerate(self.loops)]
        deciding, place = [], len(self.known) + 1
        for name, position, values in self.deciding:
            heads = np.array([head(value) for value in values], dtype=np.uint64)
            order = np.argsort(heads)
            deciding.append((name, position, heads[order], (place + order).astype(np.int16)))
            place += len(values)
        levels = self._blank(self.symbol_count)
        for index, loop in enumerate(self.loops):
            for symbol in self._symbols(loop) if own[index] else ():
                if levels[symbol] != NOWHERE:
                    raise GuideError(f"{loop.segment} opens {self.ids[levels[symbol]]} and {loop.id}: expected one")
                levels[symbol] = index
        orders = [self._order(index) for index in range(count)]
        return LoopTable(
            ids=tuple(self.ids),
            names=_Names.of(self.known),
            name_count=len(self.known),
            deciding=tuple(deciding),
            levels=levels,
            holders=tuple(self._openings(tier, outward=False) for tier in self._tiers(own)),
            leaves=self._openings([n for n in range(count) if not own[n] and not self.loops[n].children], outward=True),
            home=self._home(),
            parents=tuple(self.parents),
            order=np.array(orders, dtype=np.int16),
            repeats=np.array([loop.repeats for loop in self.loops]),
            is_level=np.array(own),
            holds=np.array([bool(loop.children) for loop in self.loops]),
            follows=self._follows(own),
            within=np.array([[a in self._around(b) for b in range(count)] for a in range(count)]),
            inside=np.array([[n in self.parents[b] for b in range(count)] for n in range(count + 1)]),
            openers=tuple(loop.segment for loop in self.loops),
            level_values=tuple(
                (value, n) for n, loop in enumerate(self.loops) if loop.segment == "HL" for value in loop.values
            ),
            resumes={name: index for index, loop in enumerate(self.loops) for name in loop.resumes},
        )

    def _deciding(self) -> list[tuple[str, int, list[str]]]:
        found: dict[str, tuple[int, list[str]]] = {}
        for loop in self.loops:
            if loop.element is not None:
                position, values = found.setdefault(loop.segment, (loop.element, []))
                if position != loop.element:
                    raise GuideError(f"{loop.segment} is decided by elements {position} and {loop.element}")
                values.extend(value for value in loop.values if value not in values)
        return [(name, position, values) for name, (position, values) in found.items()]

    def _symbols(self, loop: _Entry) -> list[int]:
        if loop.element is None:
            return [self.known.index(loop.segment)]
        place = len(self.known) + 1
        for name, _, values in self.deciding:
            if name == loop.segment:
                return [place + values.index(value) for value in loop.values]
            place += len(values)
        return []

    def _tiers(self, own: list[bool]) -> list[list[int]]:
        """Loops that hold others and are no levels, by how many such loops are around them."""
        tiers: dict[int, list[int]] = {}
        for index, loop in enumerate(self.loops):
            if loop.children and not own[index]:
                depth, at = 0, index
                while not own[at]:
                    depth, at = depth + 1, self.parents[at][0]
                tiers.setdefault(depth, []).append(index)
        return [tiers[depth] for depth in sorted(tiers)]

    def _openings(self, wanted: list[int], *, outward: bool) -> Small:
        """By open loop (last row: none) and symbol: the loop of `wanted` that opens inside it or, outward, around."""
        count = len(self.loops)
        found = self._blank(count + 1, self.symbol_count)
        for state in range(count):
            around = self._way_out(state) if outward else [state]
            for holder in reversed(around):
                for child in self.loops[holder].children:
                    index = self.ids.index(child)
                    if index in wanted:
                        found[state, self._symbols(self.loops[index])] = index
        return found

    def _way_out(self, state: int) -> list[int]:
        """This loop and those around it, up to the level it belongs to."""
        way = [state]
        while not (self.loops[way[-1]].is_level or way[-1] == 0):
            way.append(self.parents[way[-1]][0])
        return way

    def _around(self, index: int) -> set[int]:
        """Every loop that may stand around this one."""
        found: set[int] = set()
        rest = list(self.parents[index])
        while rest:
            one = rest.pop()
            if one not in found:
                found.add(one)
                rest.extend(self.parents[one])
        return found

    def _home(self) -> Small:
        count = len(self.loops)
        found = self._blank(count + 1, len(self.known) + 1)
        elsewhere = set[str]().union(*(loop.segments for loop in self.loops[1:]))
        for place, name in enumerate(self.known):
            if name in self.loops[0].segments and name not in elsewhere:
                # What stands in no loop but the transaction itself: its trailer, payments' own adjustments.
                found[:count, place] = 0
            for state in range(count):
                for holder in reversed(self._way_out(state)):
                    if name in self.loops[holder].segments:
                        found[state, place] = holder
        return found

    def _follows(self, own: list[bool]) -> Flags:
        count = len(self.loops)
        found = np.zeros((count + 1, count + 1), dtype=np.bool_)
        for before in range(count):
            chain = {before} | self._around(before)
            for after in range(count):
                found[before, after] = own[after] and (after == 0 or bool(chain & set(self.parents[after])))
        found[count, 0] = True
        return found

    def _order(self, index: int) -> int:
        return min((self.loops[n].children.index(self.ids[index]) for n in self.parents[index]), default=0)

    @staticmethod
    def _blank(*shape: int) -> Small:
        return np.full(shape, NOWHERE, dtype=np.int16)
