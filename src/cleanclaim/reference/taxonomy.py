"""Provider taxonomy codes: which kind of provider a code names.

Therapists, their assistants and their clinics are described in our own words; the rest of the published code
set is known by code only, so that a code can be judged by its form and by whether it exists. A loaded version of the
code set stands in the place of the one that is shipped.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

import polars as pl

from cleanclaim.reference.published.editions import by_editions, current
from cleanclaim.reference.published.kinds import Kind
from cleanclaim.reference.reading import Entry, TableError, read_csv, read_sources, read_toml
from cleanclaim.sources import Source

_FILE = "taxonomy.toml"
_LISTED = "taxonomy_listed.csv"
_LISTED_COLUMNS = ("code", "is_individual")
_CODE = re.compile(r"[0-9]{2}[0-9A-Z]{7}X")


class TaxonomyRole(StrEnum):
    """What the provider may be on a therapy claim."""

    THERAPIST = "therapist"
    """Evaluates, renders and signs plans of care."""
    ASSISTANT = "assistant"
    """Furnishes treatment under a therapist; never the rendering provider."""
    CLINIC = "clinic"
    """A clinic or a group; billing provider."""
    OTHER = "other"
    """Works beside therapists, without therapy billing of its own at Medicare."""


class TaxonomyDiscipline(StrEnum):
    """Whose discipline a taxonomy code belongs to."""

    PT = "PT"
    OT = "OT"
    SLP = "SLP"
    AT = "AT"
    SEVERAL = "several"


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """One described taxonomy code."""

    code: str
    label: str
    role: TaxonomyRole
    discipline: TaxonomyDiscipline
    is_individual: bool
    source: Source


def get(code: str) -> Taxonomy | None:
    """The described code, or `None`."""
    return _load()[0].get(code)


def is_well_formed(code: str) -> bool:
    """Whether the text has the form of a taxonomy code: two digits, seven digits or letters, X."""
    return _CODE.fullmatch(code) is not None


def is_listed(code: str) -> bool:
    """Whether the code is in the published code set: the version loaded, else the one shipped (25.1)."""
    return code in _listed()


def is_individual(code: str) -> bool | None:
    """Whether the code names a person rather than an organization; `None` when it is not listed."""
    return _listed().get(code)


def all_described() -> tuple[Taxonomy, ...]:
    """The described codes, sorted."""
    return tuple(item for _, item in sorted(_load()[0].items()))


def listed_source() -> Source:
    """Where the whole code set was read."""
    newest = current().newest(Kind.TAXONOMY)
    return newest.source if newest else _load()[1]


@by_editions(Kind.TAXONOMY)
def table() -> pl.DataFrame:
    """One row per listed code, sorted.

    Columns: code (String), is_individual (Boolean); label, role, discipline (String, null where only the code is
    known).
    """
    described = _load()[0]
    rows = []
    for code, individual in sorted(_listed().items()):
        item = described.get(code)
        words = (item.label, item.role.value, item.discipline.value) if item else (None, None, None)
        rows.append((code, individual, *words))
    schema = {
        "code": pl.String,
        "is_individual": pl.Boolean,
        "label": pl.String,
        "role": pl.String,
        "discipline": pl.String,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


@cache
def _load() -> tuple[dict[str, Taxonomy], Source]:
    tables = read_toml(_FILE)
    sources = read_sources(_FILE, tables.pop("sources", None))
    if "code_set" not in sources:
        raise TableError(f"{_FILE}: [sources] lacks 'code_set', the source of {_LISTED}")
    return parse(_FILE, tables, sources, _shipped()), sources["code_set"]


def parse(
    name: str, tables: Mapping[str, Any], sources: Mapping[str, Source], listed: Mapping[str, bool]
) -> dict[str, Taxonomy]:
    """Build the described codes of a parsed file; `listed` is the whole code set, code to is-a-person.

    Raises:
        TableError: a code of the wrong form or not in the code set, an unknown key or a missing source.
    """
    found = {}
    for code, values in tables.items():
        where = f"{name}: {code}"
        if not is_well_formed(code) or not isinstance(values, dict):
            raise TableError(f"{where}: expected a table named by a taxonomy code of ten characters")
        if code not in listed:
            raise TableError(f"{where}: is not in the code set")
        entry = Entry(where, values, sources)
        found[code] = Taxonomy(
            code=code,
            label=entry.text("label"),
            role=entry.choice("role", TaxonomyRole),
            discipline=entry.choice("discipline", TaxonomyDiscipline),
            is_individual=listed[code],
            source=entry.source(),
        )
        entry.done()
    return found


@by_editions(Kind.TAXONOMY)
def _listed() -> dict[str, bool]:
    """Code → whether it names a person, in the version that answers."""
    newest = current().newest(Kind.TAXONOMY)
    return dict(newest.table().rows()) if newest else _shipped()


@cache
def _shipped() -> dict[str, bool]:
    found: dict[str, bool] = {}
    for where, row in read_csv(_LISTED, _LISTED_COLUMNS):
        code, individual = row["code"], row["is_individual"]
        if not is_well_formed(code) or code in found:
            raise TableError(f"{where}: code is {code!r}; expected a taxonomy code, once")
        if individual not in {"true", "false"}:
            raise TableError(f"{where}: is_individual is {individual!r}; expected true or false")
        found[code] = individual == "true"
    return found
