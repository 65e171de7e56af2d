"""Which segment, element and qualifier of which loop fills which column of which table, as read from a file.

A map names the versions it is for, the loops (its own, or those of a structure guide), and the tables. It is data in
our own words; nothing in the code knows what a segment means.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np

from cleanclaim.x12.columnar.loop_table import LoopTable, loop_table
from cleanclaim.x12.guide import GuideError
from cleanclaim.x12.validation.structure import Structure, load_structure

TYPES = ("text", "cents", "thousandths", "whole", "first_day", "last_day")
"""What a column may be: text (UTF-8), dollars in cents, a number with three decimals, a whole number, a day."""


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """One column: element `element` (from 1) of the first such segment in the row's occurrence of its loop.

    `component` counts from 1 (0: the whole element). `where` are the values of element `at`, or of its first component,
    that make a segment such a segment; empty for any. `others` are segments and elements to read where it is missing.
    """

    name: str
    segment: str
    element: int
    component: int = 0
    where: tuple[str, ...] = ()
    at: int = 1
    type: str = "text"
    others: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class LinkSpec:
    """A column with the key of the first party of `loop` inside the occurrence of `under` that is around the row."""

    name: str
    table: str
    loop: str
    under: str


@dataclass(frozen=True, slots=True)
class Repeat:
    """Groups of elements inside one segment: the first begins at `first`, each is `step` long, `count` at most.

    A group is a row where one of its elements is not empty.
    """

    first: int
    step: int
    count: int


@dataclass(frozen=True, slots=True, eq=False)
class TableSpec:
    """One table: a row for each occurrence of one of `loops` or, with `segment`, for each such segment in them.

    `loops` is empty for segments anywhere. With `repeat` each group of elements is a row: columns of an element at or
    past the first group count from it. `owners` are keys of the tables around the row; `needs` is the one of them
    without which a row is nobody's, "" where each may be absent.
    """

    name: str
    key: str
    loops: tuple[str, ...]
    segment: str
    where: tuple[str, ...]
    at: int
    repeat: Repeat | None
    owners: tuple[str, ...]
    columns: tuple[ColumnSpec, ...]
    links: tuple[LinkSpec, ...]
    shows_loop: bool
    needs: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class ColumnMap:
    """The map of one transaction."""

    id: str
    kind: str
    group: str
    versions: tuple[str, ...]
    not_versions: tuple[str, ...]
    reads_unnamed: bool
    label: str
    tables: tuple[TableSpec, ...]
    loops: LoopTable
    guide: str

    def keyed(self) -> tuple[TableSpec, ...]:
        """The tables whose rows have a key."""
        return tuple(table for table in self.tables if table.key)


@cache
def load_map(name: str) -> ColumnMap:
    """Read the map of that name; `GuideError` where it contradicts itself."""
    folder = resources.files("cleanclaim.x12").joinpath("guides")
    table = tomllib.loads(folder.joinpath("columns", f"{name}.toml").read_text(encoding="utf-8"))
    guide = table.get("guide", "")
    entries = table.get("loop", [])
    if guide:
        entries = tomllib.loads(folder.joinpath(f"{guide}.toml").read_text(encoding="utf-8"))["loop"]
    elif "structure" in table:
        entries = _structured(load_structure(f"{table['structure']}.toml"), table)
    tables = tuple(_table(entry, name) for entry in table["table"])
    made = ColumnMap(
        name,
        table["kind"],
        table["group"],
        tuple(table["versions"]),
        tuple(table.get("not_versions", ())),
        table.get("reads_unnamed", False),
        table["label"],
        tables,
        loop_table(entries),
        guide,
    )
    for spec in tables:
        for loop in spec.loops:
            made.loops.number(loop)
        for link in spec.links:
            made.loops.number(link.loop)
            made.loops.number(link.under)
    return made


@cache
def map_names() -> tuple[str, ...]:
    """All maps there are, by name."""
    folder = resources.files("cleanclaim.x12").joinpath("guides", "columns")
    return tuple(sorted(one.name.removesuffix(".toml") for one in folder.iterdir() if one.name.endswith(".toml")))


@cache
def table_names() -> frozenset[str]:
    """The tables of all maps."""
    return frozenset(table.name for name in map_names() for table in load_map(name).tables)


@cache
def map_for(kind: str, version: str, group: str = "") -> ColumnMap | None:
    """The map for a transaction of that kind (ST01) and implementation guide; `None` when there is none.

    A transaction without its header is of the kind that its group (GS01) holds. A version that no map names is read
    by the map of its kind that says so (`reads_unnamed`), save those it excepts, or else by the only map of its kind.
    """
    every = [load_map(name) for name in map_names()]
    of_kind = [made for made in every if (made.kind == kind if kind else group and made.group == group)]
    named = [made for made in of_kind if any(version.startswith(one) for one in made.versions)]
    if named:
        return named[0]
    for made in of_kind:
        if made.reads_unnamed and not any(version.startswith(one) for one in made.not_versions):
            return made
    return of_kind[0] if len(of_kind) == 1 else None


@cache
def level_starts(kind: str, version: str) -> Mapping[str, frozenset[str]] | None:
    """By name the segments that begin a level in such a transaction (ST01, ST03), whatever is open before them.

    With each name the values of HL03 that do; none where the name alone does. Without a version they are those of all
    maps for the kind. `None` where no map reads it.
    """
    of_version = map_for(kind, version) if version else None
    maps = [of_version] if of_version is not None else [one for one in map(load_map, map_names()) if one.kind == kind]
    if not maps:
        return None
    found: dict[str, set[str]] = {}
    for one in maps:
        table = one.loops
        for loop in np.flatnonzero(table.is_level).tolist():
            values = {value for value, number in table.level_values if number == loop}
            found.setdefault(table.openers[loop], set()).update(values)
    return {name: frozenset(values) for name, values in found.items()}


def _structured(structure: Structure, table: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The loops of a structure guide as `loop_table` takes them, with the loops that the map adds inside them."""
    added = table.get("inner", [])
    found = []
    for loop in structure.loops.values():
        trigger = loop.trigger
        element, _ = structure.qualified.get(trigger.tag, (0, 0))
        use = trigger.elements[element - 1] if 0 < element <= len(trigger.elements) else None
        opens: dict[str, Any] = {"segment": trigger.tag}
        if use is not None and use.codes:
            opens |= {"element": element, "values": list(use.codes)}
        split = {one["opens"]["segment"] for one in added if one["inside"] == loop.id}
        inside = [entry.child.id for entry in loop.entries if entry.child is not None]
        found.append(
            {
                "id": loop.id,
                "opens": opens,
                "segments": [one.tag for one in loop.entries if one.child is None and one.tag not in split],
                "children": [*(one["id"] for one in added if one["inside"] == loop.id), *inside],
                "level": trigger.tag == "HL" or loop.id in table["levels"],
                "repeats": True,
            }
        )
    return [*found, *({"segments": [], **one} for one in added)]


def _table(entry: Mapping[str, Any], source: str) -> TableSpec:
    rows = entry["rows"]
    repeat = entry.get("repeat")
    spec = TableSpec(
        name=entry["name"],
        key=entry.get("key", ""),
        loops=tuple(rows.get("loops", ())),
        segment=rows.get("segment", ""),
        where=tuple(rows.get("where", ())),
        at=rows.get("at", 1),
        repeat=None if repeat is None else Repeat(repeat["first"], repeat["step"], repeat["count"]),
        owners=tuple(entry.get("owners", ())),
        columns=tuple(_columns(entry.get("columns", {}), rows.get("segment", ""), f"{source}: {entry['name']}")),
        links=tuple(
            LinkSpec(name, link.get("table", "parties"), link["loop"], link["under"])
            for name, link in entry.get("links", {}).items()
        ),
        shows_loop=entry.get("shows_loop", False),
        needs=entry.get("needs", ""),
    )
    if spec.segment and spec.key:
        raise GuideError(f"{source}: {spec.name} has a key and rows of segments: expected rows of loops")
    if spec.needs and spec.needs not in spec.owners:
        raise GuideError(f"{source}: {spec.name} needs {spec.needs}: expected one of its owners")
    if not spec.segment and not spec.loops:
        raise GuideError(f"{source}: {spec.name} has no rows: expected loops or a segment")
    return spec


def _columns(entries: Mapping[str, str], own: str, source: str) -> Iterable[ColumnSpec]:
    """Columns in short notation: `"CLM05-1"`, `"AMT02 where F5 as cents"`, `"NM103/N102"` for the one that is there."""
    for name, text in entries.items():
        words = text.split()
        places, options = words[0].split("/"), dict(zip(words[1::2], words[2::2], strict=False))
        element, _, component = places[0].partition("-")
        others = tuple((place[:-2], int(place[-2:])) for place in places[1:])
        segment, number = element[:-2], element[-2:]
        if not number.isdigit() or (component and not component.isdigit()) or len(words) % 2 == 0:
            raise GuideError(f"{source}.{name} = {text!r}: expected such as CLM05-1, with where, at, as")
        if set(options) - {"where", "at", "as"} or options.get("as", "text") not in TYPES:
            raise GuideError(f"{source}.{name} = {text!r}: expected where, at, as one of {', '.join(TYPES)}")
        if own and segment != own:
            raise GuideError(f"{source}.{name} = {text!r}: expected an element of {own}")
        where = tuple(options["where"].split("|")) if "where" in options else ()
        yield ColumnSpec(
            name=name,
            segment=segment,
            element=int(number),
            component=int(component or 0),
            where=where,
            at=int(options.get("at", 1)),
            type=options.get("as", "text"),
            others=others,
        )
