"""What kinds of identifiers may name the receiver of a file, and how each is written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from cleanclaim.reference.reading import Entry, TableError, read_sources, read_toml
from cleanclaim.sources import Source

_FILE = "interchange_identifiers.toml"
_PLAIN = re.compile(r"[A-Z0-9](?:[A-Z0-9 .&()/+-]*[A-Z0-9])?")


@dataclass(frozen=True, slots=True)
class IdentifierKind:
    """A kind of identifier by its qualifier: what it is, and how many digits it has, `None` for any text."""

    qualifier: str
    label: str
    digits: int | None
    source: Source

    def misfit(self, identifier: str) -> str:
        """What was expected instead of an identifier of this kind; empty where it fits."""
        if self.digits is not None:
            is_fit = len(identifier) == self.digits and identifier.isascii() and identifier.isdigit()
            return "" if is_fit else f"{self.digits} digits, as {self.label} has"
        return misfit(identifier)


@dataclass(frozen=True, slots=True)
class IdentifierTables:
    """The whole file: how many characters an envelope holds, at least and at most, and the kinds by qualifier."""

    least: int
    most: int
    kinds: Mapping[str, IdentifierKind]


def misfit(identifier: str) -> str:
    """What was expected instead of an identifier or code that an envelope can hold; empty where it fits."""
    least, most = _tables().least, _tables().most
    if least <= len(identifier) <= most and _PLAIN.fullmatch(identifier):
        return ""
    return f"{least} to {most} capital letters and digits"


def kinds() -> Mapping[str, IdentifierKind]:
    """Every kind by its qualifier, the usual one first."""
    return _tables().kinds


@cache
def _tables() -> IdentifierTables:
    return parse(_FILE, read_toml(_FILE))


def parse(name: str, tables: dict[str, Any]) -> IdentifierTables:
    """Read a parsed file. Raises `TableError` for an unknown key, an absent value or a source that is not defined."""
    unknown = sorted(set(tables) - {"sources", "figures", "kind"})
    if unknown:
        raise TableError(f"{name}: unknown key {unknown[0]!r}; expected figures, kind or sources")
    sources = read_sources(name, tables.get("sources"))
    figures = Entry(f"{name}: figures", tables.get("figures", {}), sources)
    least, most = figures.number("least"), figures.number("most")
    if least is None or most is None or least > most:
        raise TableError(f"{figures.where}: least is {least!r} and most {most!r}; expected two lengths in order")
    figures.source()
    figures.done()
    found = {}
    for qualifier, table in tables.get("kind", {}).items():
        entry = Entry(f"{name}: kind.{qualifier}", table, sources)
        found[qualifier] = IdentifierKind(qualifier, entry.text("label"), entry.number("digits"), entry.source())
        entry.done()
    return IdentifierTables(least, most, found)
