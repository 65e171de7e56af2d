"""Claim-line modifiers: what each says, which contradict each other, which need another beside them.

About sixty that therapists meet are described in our own words. The others of the published list are known by
code only, so that a modifier nobody has heard of can be told from one that is merely foreign to therapy.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any

import polars as pl

from cleanclaim.dates import Dated, Lookup, LookupStatus
from cleanclaim.reference.reading import Entry, TableError, read_csv, read_sources, read_toml
from cleanclaim.sources import Source

_FILE = "modifiers.toml"
_LISTED = "modifiers_listed.csv"
_LISTED_COLUMNS = ("code",)
_CODE = re.compile(r"[0-9A-Z]{2}")


class ModifierFamily(StrEnum):
    """Our own grouping, by what the modifier says."""

    THERAPY_DISCIPLINE = "therapy_discipline"
    ASSISTANT = "assistant"
    THRESHOLD = "threshold"
    DISTINCT = "distinct"
    ABN = "abn"
    TELEHEALTH = "telehealth"
    HABILITATIVE = "habilitative"
    REPEAT = "repeat"
    EFFORT = "effort"
    SIDE = "side"
    SUBSTITUTE = "substitute"
    HOSPICE = "hospice"
    CIRCUMSTANCE = "circumstance"
    CHIROPRACTIC = "chiropractic"
    PHYSICIAN = "physician"
    FUNCTIONAL_REPORTING = "functional_reporting"


@dataclass(frozen=True, slots=True)
class Modifier:
    """One modifier.

    `conflicts` may not stand on the same line; each of `requires` must. `on_therapy_codes` is false where the
    modifier never belongs on a therapy code, and `None` where that was not read. A `valid_from` of `None` means
    that the first day was not read; a `valid_through` of `None`, that no last day has been published.
    """

    code: str
    label: str
    meaning: str
    family: ModifierFamily
    conflicts: tuple[str, ...]
    requires: tuple[str, ...]
    on_therapy_codes: bool | None
    valid_from: date | None
    valid_from_source: Source | None
    valid_through: date | None
    valid_through_source: Source | None
    source: Source

    def holds_on(self, day: date) -> bool:
        """Whether the modifier is in force on that day, as far as its dates were read."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_through is None or day <= self.valid_through
        )


def get(code: str) -> Modifier | None:
    """The described modifier of that code, whatever its dates, or `None` when it is not described."""
    return _load()[0].get(code)


def on(code: str | None, day: date | None) -> Lookup[Modifier]:
    """The described modifier in force on that day; not listed when it is not described (see `is_listed`)."""
    if code is None or day is None:
        return Lookup(LookupStatus.UNKNOWN_KEY)
    modifier = get(code)
    if modifier is None:
        return Lookup(LookupStatus.NOT_LISTED)
    if not modifier.holds_on(day):
        return Lookup(LookupStatus.OUTSIDE_DATES)
    return Lookup(LookupStatus.FOUND, Dated(modifier, modifier.valid_from, modifier.valid_through, modifier.source))


def is_listed(code: str) -> bool:
    """Whether the code is a known modifier, described or not, of whatever date."""
    return code in _load()[0] or code in _listed()


def all_modifiers() -> tuple[Modifier, ...]:
    """The described modifiers, sorted by code."""
    return tuple(modifier for _, modifier in sorted(_load()[0].items()))


def listed_codes() -> frozenset[str]:
    """Every known modifier code, described or not."""
    return _listed() | frozenset(_load()[0])


def listed_source() -> Source:
    """Where the list of known codes was read; it is of June 2024, so a newer code may be missing."""
    return _load()[1]


@cache
def table() -> pl.DataFrame:
    """One row per known modifier, sorted by code.

    Columns: code, label, family (String; null where only the code is known); is_described (Boolean); conflicts,
    requires (lists of String, never null); on_therapy_codes (Boolean, null unknown); valid_from, valid_through
    (Date, null open).
    """
    described = _load()[0]
    rows: list[tuple[Any, ...]] = []
    for code in sorted(listed_codes()):
        item = described.get(code)
        if item is None:
            rows.append((code, None, None, False, [], [], None, None, None))
        else:
            lists = (list(item.conflicts), list(item.requires))
            dates = (item.valid_from, item.valid_through)
            rows.append((code, item.label, item.family.value, True, *lists, item.on_therapy_codes, *dates))
    schema = pl.Schema(
        {
            "code": pl.String(),
            "label": pl.String(),
            "family": pl.String(),
            "is_described": pl.Boolean(),
            "conflicts": pl.List(pl.String),
            "requires": pl.List(pl.String),
            "on_therapy_codes": pl.Boolean(),
            "valid_from": pl.Date(),
            "valid_through": pl.Date(),
        }
    )
    return pl.DataFrame(rows, schema=schema, orient="row")


@cache
def _load() -> tuple[dict[str, Modifier], Source]:
    tables = read_toml(_FILE)
    sources = read_sources(_FILE, tables.pop("sources", None))
    if "listed" not in sources:
        raise TableError(f"{_FILE}: [sources] lacks 'listed', the source of {_LISTED}")
    return parse(_FILE, tables, sources), sources["listed"]


def parse(name: str, tables: Mapping[str, Any], sources: Mapping[str, Source]) -> dict[str, Modifier]:
    """Build the described modifiers of a parsed file; `name` is used in errors.

    Raises:
        TableError: a code of the wrong form, an unknown key, a missing source, or a conflict that is not mutual.
    """
    found = {}
    for code, values in tables.items():
        where = f"{name}: {code}"
        if not _CODE.fullmatch(code) or not isinstance(values, dict):
            raise TableError(f"{where}: expected a table named by a two-character modifier")
        entry = Entry(where, values, sources)
        valid_from, valid_from_source = entry.bound("valid_from")
        valid_through, valid_through_source = entry.bound("valid_through")
        found[code] = Modifier(
            code=code,
            label=entry.text("label"),
            meaning=entry.text("meaning"),
            family=entry.choice("family", ModifierFamily),
            conflicts=entry.texts("conflicts"),
            requires=entry.texts("requires"),
            on_therapy_codes=entry.flag("on_therapy_codes"),
            valid_from=valid_from,
            valid_from_source=valid_from_source,
            valid_through=valid_through,
            valid_through_source=valid_through_source,
            source=entry.source(),
        )
        entry.done()
    for modifier in found.values():
        for other in (*modifier.conflicts, *modifier.requires):
            if other not in found or other == modifier.code:
                raise TableError(f"{name}: {modifier.code} mentions {other}, which is not another described modifier")
        for other in modifier.conflicts:
            if modifier.code not in found[other].conflicts:
                raise TableError(f"{name}: {modifier.code} conflicts with {other}, but not the other way round")
    return found


@cache
def _listed() -> frozenset[str]:
    codes = set()
    for where, row in read_csv(_LISTED, _LISTED_COLUMNS):
        code = row["code"]
        if not _CODE.fullmatch(code) or code in codes:
            raise TableError(f"{where}: code is {code!r}; expected a two-character modifier, once")
        codes.add(code)
    return frozenset(codes)
