"""The columns of a flat file of billed lines: their names, short names, and what an empty cell says.

The names are those of the data dictionary (`cleanclaim.lines.schema`, tables `claims` and `lines`) and the short names
of `ALIASES`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import polars as pl

from cleanclaim.lines.schema import CLAIMS, LINES

ALIASES: Mapping[str, str] = {
    "claim": "claim_key",
    "date": "date_of_service",
    "dos": "date_of_service",
    "service_date": "date_of_service",
    "cpt": "code",
    "cpt_code": "code",
    "hcpcs": "code",
    "procedure_code": "code",
    "mod": "modifiers",
    "mods": "modifiers",
    "modifier": "modifiers",
    "place": "place_of_service",
    "pos": "place_of_service",
    "charge": "charge_cents",
    "total_charge": "total_charge_cents",
    "kind": "visit_kind",
    "npi": "rendering_npi",
    "order": "coverage_order",
}
"""Short names of columns; those in dollars say so in `DOLLARS`."""

DOLLARS = frozenset({"charge", "total_charge"})
"""Columns in dollars; a name that ends in `_cents` is in whole cents."""

REQUIRED = ("date", "code", "modifiers")
"""Columns without which nothing can be judged: whether a line has modifiers is never unknown."""

OWN = ("patient", "diagnoses", "by", "group_size")
"""Columns that are not in the dictionary of `claims` and `lines`: the patient's key, the claim's diagnoses, who
furnished the minutes, and to how many patients at once."""

_SET_HERE = frozenset({"claim_id", "patient_id", "line_id", "line_number", "is_history", "as_of", "code_origin"}) | {
    column.name for column in CLAIMS if column.name.startswith("knows_")
}

CLAIM_COLUMNS = {column.name: column for column in CLAIMS if column.name not in _SET_HERE}
"""Columns of a claim that a flat file may have, by name."""

LINE_COLUMNS = {column.name: column for column in LINES if column.name not in _SET_HERE}
"""Columns of a line that a flat file may have, by name."""

EMPTY_IS_ABSENT = frozenset(
    column.name for column in (*CLAIMS, *LINES) if column.dtype == pl.String and "empty" in column.meaning
)
"""Columns in which an empty cell says that there is none."""


def known_columns() -> tuple[str, ...]:
    """Every column name that a flat file may have, short names included, sorted."""
    return tuple(sorted({*CLAIM_COLUMNS, *LINE_COLUMNS, *ALIASES, *OWN}))


def column_of(name: str) -> str:
    """The dictionary's name of a flat file's column."""
    return ALIASES.get(name, name)


def is_known(name: str) -> bool:
    """Whether a flat file's column is read."""
    return name in OWN or column_of(name) in CLAIM_COLUMNS or column_of(name) in LINE_COLUMNS


def plain_name(name: str) -> str:
    """A heading as a column's name: `Rendering NPI` is `rendering_npi`."""
    return re.sub(r"[\s-]+", "_", name.strip().lower())
