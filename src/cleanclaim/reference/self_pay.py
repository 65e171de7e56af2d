"""What holds where a patient chooses that their plan is not billed: limits in words, each with who says so."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

from cleanclaim.reference.reading import Entry, read_sources, read_toml
from cleanclaim.sources import Source

_FILE = "self_pay.toml"


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit: in words, and for which kinds of payers; none: for all."""

    name: str
    words: str
    kinds: tuple[str, ...]
    source: Source


@cache
def limits() -> tuple[Limit, ...]:
    """Every limit, in the order of the file."""
    document = read_toml(_FILE)
    sources = read_sources(_FILE, document.get("sources"))
    found = []
    for name, table in document["limit"].items():
        entry = Entry(f"{_FILE}, limit.{name}", table, sources)
        found.append(Limit(name, entry.text("words"), entry.texts("kinds"), entry.source()))
        entry.done()
    return tuple(found)


def limits_for(kinds: Collection[str]) -> tuple[Limit, ...]:
    """The limits for a patient whose payers are of these kinds."""
    return tuple(one for one in limits() if not one.kinds or set(one.kinds) & set(kinds))
