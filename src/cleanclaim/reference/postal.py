"""Countries; the states, territories and military posts of an address in the USA; and where ZIP codes lie."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources

from cleanclaim.reference.reading import read_csv
from cleanclaim.sources import Source


@cache
def states() -> frozenset[str]:
    """Every two-letter code of a state, district, territory or military post; its source is checked on the way.

    Raises:
        SourceError: the table's source lacks what finds it again.
    """
    return _codes("postal.toml", "states")


@cache
def countries() -> frozenset[str]:
    """Every two-letter code of a country; its source is checked on the way.

    Raises:
        SourceError: the table's source lacks what finds it again.
    """
    return _codes("countries.toml", "countries")


def _codes(file: str, name: str) -> frozenset[str]:
    text = (resources.files("cleanclaim.reference.data") / file).read_text("utf-8")
    table = tomllib.loads(text)[name]
    Source.from_table(table["source"])
    return frozenset(table["codes"])


@cache
def _states_of_prefixes() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for _, row in read_csv("zip_prefixes.csv", ("prefix", "state")):
        found.setdefault(row["prefix"], set()).add(row["state"])
    return {prefix: frozenset(codes) for prefix, codes in found.items()}


def states_of_zip(zip_code: str) -> frozenset[str]:
    """The states in which ZIP codes with these first three digits lie; empty where none does, as of military posts."""
    return _states_of_prefixes().get(zip_code[:3], frozenset())
