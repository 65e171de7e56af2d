"""Whether the code an add-on belongs to is billed on the same day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from cleanclaim.facts.kit import Context, Fact, Stage, values_of
from cleanclaim.lines.columns import col
from cleanclaim.lines.schema import FLAG, TEXT, TEXTS, Column
from cleanclaim.reference import add_ons, procedures

_SHOWN = 3
_COLUMNS = (
    Column("needs_base_code", FLAG, "flag", "paid only beside another code of the same day"),
    Column("base_codes", TEXTS, "codes", "the codes it is paid beside; empty where the contractor decides"),
    Column("base_codes_are_all", FLAG, "flag", "no other code will do"),
    Column(
        "base_code_words",
        TEXT,
        "text",
        "those codes in words, the first few of many, and the loaded edition that names them",
    ),
)
_UNKNOWN = (None, None, None, None)
_Row = tuple[bool | None, list[str] | None, bool | None, str | None]


def _row(code: str | None, day: date | None) -> _Row:
    if code is None or day is None:
        return _UNKNOWN
    found = add_ons.find(code, day)
    if found is None:
        return _UNKNOWN
    listed = procedures.get(code)
    if listed is not None and listed.family is procedures.Family.REMOTE_MONITORING:
        # Its base code may stand on any day of the month, which another rule judges.
        found = add_ons.NO_ADD_ON
    return found.needs_base, list(found.bases), found.bases_are_all, f"{_words(found.bases)}{_basis(found, day)}"


def _words(bases: tuple[str, ...]) -> str:
    """`97545`, `96365, 96374 or 96409`, or `one of its 62 base codes (…)`."""
    if not bases:
        return "a base code"
    if len(bases) <= _SHOWN:
        return " or ".join([*([", ".join(bases[:-1])] if len(bases) > 1 else []), bases[-1]])
    return f"one of its {len(bases)} base codes ({', '.join(bases[:_SHOWN])}, …)"


def _basis(found: add_ons.AddOn, day: date) -> str:
    """The loaded edition that says so, and that it is unconfirmed where it is; nothing for the listing of codes."""
    edition = add_ons.loaded()
    if not found.edition or edition is None:
        return ""
    doubt = "" if edition.valid_from <= day <= edition.valid_through else f", unconfirmed for {day}"
    return f" (by the edition of {found.edition}{doubt})"


def _look_up(frames: Mapping[str, pl.DataFrame], context: Context) -> pl.DataFrame:  # noqa: ARG001
    asked = frames["lines"].select("code", "date_of_service").rows()
    known = {key: _row(*key) for key in dict.fromkeys(asked)}
    rows = [known[key] for key in asked]
    return pl.DataFrame(rows, schema={item.name: item.dtype for item in _COLUMNS}, orient="row")


stage = Stage(
    name="base-codes",
    over="lines",
    needs=("code", "date_of_service"),
    adds=_COLUMNS,
    compute=_look_up,
    lacks="whether the code is an add-on code, and to which codes, on the date of service",
    is_lookup=True,
)

_IS_BILLED = col.base_codes.list.set_intersection(col.codes_billed).list.len() > 0

facts = (
    Fact(
        name="codes_billed",
        over="days",
        dtype=pl.List(pl.String),
        unit="codes",
        meaning="the code of every line of the day, in order",
        lacks="the code of every line of the day",
        aggregate=values_of(col.code, of="lines", by=("day_id",)),
    ),
    Fact(
        name="base_code_billed",
        over="lines",
        dtype=pl.Boolean,
        unit="flag",
        meaning="one of the codes that the add-on belongs to is billed that day; null where others may do",
        lacks="the code of every line of the day",
        expr=pl.when(_IS_BILLED)
        .then(pl.lit(value=True))
        .when(_IS_BILLED.not_() & col.base_codes_are_all)
        .then(pl.lit(value=False)),
    ),
)
