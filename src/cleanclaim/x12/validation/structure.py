"""A guide's structure: loops, what stands in them and in which order, read from `guides/structure`.

Neighbors with one segment id have one place in the order. Every entry of a loop has a bit, so that what a loop holds
is one whole number.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

from cleanclaim.x12.validation.dictionary import Dictionary, GuideFileError, load_dictionary, structure_file
from cleanclaim.x12.validation.notation import LoopUse, SegmentUse, parse_body

_NOT_GUIDES = frozenset({"dictionary.toml", "envelope.toml"})
_WHEN = re.compile(r"(?P<loop>\S+) (?P<tag>[A-Z][A-Z0-9]{1,2})(?P<element>\d\d)=(?P<values>\S*)")


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """A segment of a loop, or a loop inside it (`child`), with the use of the segment that stands there or opens it.

    `order` grows through the loop; `values` are the codes that tell it from others with its segment id, `None` where
    any will do; `most` is how often it may stand (0: no limit).
    """

    bit: int
    order: int
    use: SegmentUse
    child: Loop | None
    required: bool
    most: int
    values: frozenset[str] | None

    @property
    def tag(self) -> str:
        """The segment's id."""
        return self.use.tag

    def takes(self, tag: str, value: str) -> bool:
        """Whether a segment with this id and code may stand here."""
        return tag == self.use.tag and (self.values is None or value in self.values)


@dataclass(slots=True, eq=False)
class Loop:
    """A loop: `trigger` opens it, `entries` follow in order; `required` has the bits of what must stand.

    `watched` are values to be noted for conditions: by segment id, the element and what to look for, with the bit that
    notes it. `conditions` are judged when the loop ends. `levels` has the bits of loops inside that HL opens.
    `is_numbered`: its first element counts its instances in the loop around it, from 1.
    """

    id: str
    label: str
    trigger: SegmentUse
    entries: list[Entry] = field(default_factory=list)
    required: int = 0
    levels: int = 0
    is_numbered: bool = False
    watched: dict[str, list[tuple[int, frozenset[str], int]]] = field(default_factory=dict)
    conditions: list[Condition] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Condition:
    """What a loop needs or forbids where `note` was taken in the loop `where` (itself or one around it)."""

    where: str
    note: int
    needs: int
    forbids: int
    why: str


@dataclass(frozen=True, slots=True, eq=False)
class Structure:
    """One guide: its transaction, version, the group it travels in, and its loops; `root` is the transaction.

    `tags` are all segment ids in it, `openers` those that open a loop, `qualified` where the code stands that tells
    uses of a segment apart, `values` the codes that do, by segment id.
    """

    version: str
    also: tuple[str, ...]
    transaction: str
    group: str
    label: str
    root: Loop
    loops: Mapping[str, Loop]
    tags: frozenset[str]
    openers: frozenset[str]
    qualified: Mapping[str, tuple[int, int]]
    values: Mapping[str, frozenset[str]]


@cache
def structures() -> Mapping[tuple[str, str], Structure]:
    """All guides by transaction and version, other names of a version included."""
    found: dict[tuple[str, str], Structure] = {}
    folder = resources.files("cleanclaim.x12").joinpath("guides", "structure")
    for name in sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".toml")):
        if name not in _NOT_GUIDES:
            structure = load_structure(name)
            for version in (structure.version, *structure.also):
                found[structure.transaction, version] = structure
    return MappingProxyType(found)


@cache
def load_structure(name: str) -> Structure:
    """The guide in one file of `guides/structure`; `GuideFileError` where it contradicts itself."""
    table, dictionary = structure_file(name), load_dictionary()
    codes = {key: tuple(text.split()) for key, text in table.get("codes", {}).items()}
    bodies = {entry["id"]: parse_body(entry["body"], dictionary, codes) for entry in table["loop"]}
    loops: dict[str, Loop] = {}
    for entry in table["loop"]:
        trigger = bodies[entry["id"]][0]
        if not isinstance(trigger, SegmentUse):
            raise GuideFileError(f"{name}: loop {entry['id']} begins with a loop, expected a segment")
        is_numbered = entry.get("numbered", False)
        loops[entry["id"]] = Loop(entry["id"], entry["label"], trigger, is_numbered=is_numbered)
    for id_, loop in loops.items():
        _fill(loop, bodies[id_][1:], loops, dictionary)
    for entry in table.get("condition", ()):
        _add_condition(entry, loops)
    uses = [use for body in bodies.values() for use in body if isinstance(use, SegmentUse)]
    return Structure(
        version=table.get("version", ""),
        also=tuple(table.get("also", ())),
        transaction=table.get("transaction", ""),
        group=table.get("group", ""),
        label=table.get("label", ""),
        root=loops[table["loop"][0]["id"]],
        loops=MappingProxyType(loops),
        tags=frozenset(use.tag for use in uses),
        openers=frozenset(loop.trigger.tag for loop in loops.values()),
        qualified=dict(dictionary.qualified),
        values=_deciding(uses, dictionary),
    )


def _deciding(uses: list[SegmentUse], dictionary: Dictionary) -> dict[str, frozenset[str]]:
    """The codes that tell uses apart, by segment id."""
    found: dict[str, frozenset[str]] = {}
    for use in uses:
        values = _values(use, dictionary)
        if values is not None:
            found[use.tag] = found.get(use.tag, frozenset()) | values
    return found


def _values(use: SegmentUse, dictionary: Dictionary) -> frozenset[str] | None:
    """The codes by which a use is told from others; `None` where any will do."""
    place = dictionary.qualified.get(use.tag)
    if place is None or place[0] > len(use.elements):
        return None
    element = use.elements[place[0] - 1]
    if element is not None and place[1]:
        element = element.parts[place[1] - 1]
    return frozenset(element.codes) if element is not None and element.codes else None


def _fill(
    loop: Loop, body: tuple[SegmentUse | LoopUse, ...], loops: Mapping[str, Loop], dictionary: Dictionary
) -> None:
    order, last = 0, ""
    for place, one in enumerate(body):
        if isinstance(one, LoopUse):
            if one.loop not in loops:
                raise GuideFileError(f"loop {loop.id} names {one.loop}, which is not declared")
            child: Loop | None = loops[one.loop]
            use = loops[one.loop].trigger
        else:
            child, use = None, one
        if use.tag != last:
            order, last = order + 1, use.tag
        bit = 1 << place
        loop.entries.append(Entry(bit, order, use, child, one.required, one.most, _values(use, dictionary)))
        if one.required:
            loop.required |= bit
        if child is not None and use.tag == "HL":
            loop.levels |= bit


def _add_condition(entry: Mapping[str, Any], loops: Mapping[str, Loop]) -> None:
    match = _WHEN.fullmatch(entry["when"])
    if match is None or match["loop"] not in loops or entry["at"] not in loops:
        raise GuideFileError(f"condition {entry['when']!r}: expected a loop, a segment's element and its values")
    watched = loops[match["loop"]].watched.setdefault(match["tag"], [])
    note = 1 << sum(map(len, loops[match["loop"]].watched.values()))
    watched.append((int(match["element"]), frozenset(match["values"].split(",")), note))
    at = loops[entry["at"]]
    at.conditions.append(
        Condition(
            match["loop"], note, _bits(at, entry.get("needs", ())), _bits(at, entry.get("forbids", ())), entry["why"]
        )
    )


def _bits(loop: Loop, names: list[str]) -> int:
    """The bits of entries, named by segment id or loop id."""
    found = 0
    for name in names:
        bits = [one.bit for one in loop.entries if name == (one.child.id if one.child else one.tag)]
        if not bits:
            raise GuideFileError(f"loop {loop.id} has no {name}, which a condition names")
        found |= bits[0]
    return found
