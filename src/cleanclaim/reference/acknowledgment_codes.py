"""Why a receiver refused a file or a part of it (TA1, 999), in our own words.

A code that is not listed here is told as what it is: "code 99, which is not explained here".
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import Any

from cleanclaim.reference.reading import Entry, TableError, read_sources, read_toml
from cleanclaim.sources import Source

_FILE = "acknowledgment_codes.toml"
DUPLICATE_INTERCHANGE = "025"
"""The note of a TA1 by which a receiver says that it has this interchange already."""


class Place(StrEnum):
    """What a code is about; each has a list of its own, and the same number means something else in another."""

    INTERCHANGE = "interchange"
    GROUP = "group"
    TRANSACTION = "transaction"
    SEGMENT = "segment"
    ELEMENT = "element"


def meaning(place: Place, code: str) -> str:
    """What a code says of its place, as a phrase without a full stop."""
    return _load()[place].get(code) or f"code {code}, which is not explained here"


def codes(place: Place) -> tuple[str, ...]:
    """The explained codes of a place, sorted."""
    return tuple(sorted(_load()[place]))


@cache
def _load() -> dict[Place, dict[str, str]]:
    tables = read_toml(_FILE)
    return parse(_FILE, tables, read_sources(_FILE, tables.pop("sources", None)))


def parse(name: str, tables: Mapping[str, Any], sources: Mapping[str, Source]) -> dict[Place, dict[str, str]]:
    """The phrases of a parsed file, by place and code.

    Raises:
        TableError: a place that is unknown or missing, a key that is unknown, or a place without its source.
    """
    wanted = {place.value for place in Place}
    if set(tables) != wanted:
        at_fault = min(set(tables) ^ wanted)
        raise TableError(f"{name}: {at_fault!r} is unknown or missing; expected {', '.join(sorted(wanted))}")
    found = {}
    for place in Place:
        entry = Entry(f"{name}: {place.value}", tables[place.value], sources)
        entry.source()
        if place is Place.INTERCHANGE:
            entry.source("later_source")
        found[place] = dict(entry.pairs("codes"))
        entry.done()
    return found
