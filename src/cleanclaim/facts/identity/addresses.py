"""Addresses of patient and clinic: which parts are empty, and whether a state and a country is one.

An address outside the USA has no state and no ZIP code that could be checked here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import polars as pl

from cleanclaim.facts.few_rows import few_or_many
from cleanclaim.facts.kit import Stage
from cleanclaim.lines.schema import FLAG, TEXT, Column
from cleanclaim.reference import postal

_PARTS = {"street": "street", "city": "city", "state": "state", "zip": "ZIP code"}
_ABROAD_TOO = frozenset({"street", "city"})
_STATES = {"patient": "patient_state", "clinic": "billing_state", "accident": "accident_state"}
_COUNTRIES = {"patient": "patient_country", "clinic": "billing_country"}
_PREFIX = {"patient": "patient", "clinic": "billing"}


def _at_home(who: str) -> pl.Expr:
    return pl.col(f"{who}_country").is_in(["", "US"])


def _absent(who: str) -> dict[str, pl.Expr]:
    """Part of the address → whether it is empty where it may not be."""
    return {
        label: (pl.col(f"{who}_{part}") == "") & (pl.lit(value=True) if part in _ABROAD_TOO else _at_home(who))
        for part, label in _PARTS.items()
    }


def _words(conditions: Mapping[str, pl.Expr]) -> pl.Expr:
    """The names of the conditions that are met for certain, in order."""
    named = [pl.when(condition).then(pl.lit(name)) for name, condition in conditions.items()]
    return pl.concat_str(named, separator=", ", ignore_nulls=True)


def _any(conditions: Iterable[pl.Expr]) -> pl.Expr:
    return pl.any_horizontal(*conditions)


def _few(claims: pl.DataFrame) -> pl.DataFrame:
    rows = [_row(row) for row in claims.select(stage.needs).iter_rows(named=True)]
    return pl.DataFrame(rows, schema={column.name: column.dtype for column in stage.adds}, orient="row")


def _row(row: Mapping[str, str | None]) -> tuple[bool | str | None, ...]:
    found: list[bool | str | None] = []
    for who in ("patient", "billing"):
        home = _home(row[f"{who}_country"])
        parts = {
            label: _both(_is(row[f"{who}_{part}"], lambda text: text == ""), part in _ABROAD_TOO or home)
            for part, label in _PARTS.items()
        }
        found += _told(parts)
    known, countries = postal.states(), postal.countries()
    unlisted = {}
    for who, name in _STATES.items():
        home = _home(row[f"{_PREFIX[who]}_country"]) if who in _PREFIX else True
        unlisted[who] = _both(_is(row[name], lambda text: text != "" and text not in known), home)
    found += _told(unlisted)
    found += _told(
        {who: _is(row[name], lambda text: text != "" and text not in countries) for who, name in _COUNTRIES.items()}
    )
    return tuple(found)


def _is(text: str | None, condition: Callable[[str], bool]) -> bool | None:
    return None if text is None else condition(text)


def _home(country: str | None) -> bool | None:
    return _is(country, lambda text: text in {"", "US"})


def _both(*conditions: bool | None) -> bool | None:
    """Kleene's and."""
    if False in conditions:
        return False
    return None if None in conditions else True


def _told(conditions: Mapping[str, bool | None]) -> tuple[bool | None, str]:
    """Whether a condition is met, unknown unless one is or all are known; and the names of those met."""
    named = ", ".join(name for name, is_met in conditions.items() if is_met)
    return (True if named else (None if None in conditions.values() else False)), named


def _many(claims: pl.DataFrame) -> pl.DataFrame:
    known = sorted(postal.states())
    patient, clinic = _absent("patient"), _absent("billing")
    unlisted = {
        who: (pl.col(name) != "")
        & pl.when(pl.col(name).is_not_null()).then(pl.col(name).is_in(known).not_())
        & (_at_home(_PREFIX[who]) if who in _PREFIX else pl.lit(value=True))
        for who, name in _STATES.items()
    }
    abroad = {
        who: (pl.col(name) != "")
        & pl.when(pl.col(name).is_not_null()).then(pl.col(name).is_in(sorted(postal.countries())).not_())
        for who, name in _COUNTRIES.items()
    }
    return claims.select(
        _any(patient.values()).alias("patient_address_has_gaps"),
        _words(patient).alias("patient_address_gaps"),
        _any(clinic.values()).alias("billing_address_has_gaps"),
        _words(clinic).alias("billing_address_gaps"),
        _any(unlisted.values()).alias("has_unlisted_state"),
        _words(unlisted).alias("unlisted_states_of"),
        _any(abroad.values()).alias("has_unlisted_country"),
        _words(abroad).alias("unlisted_countries_of"),
    )


stage = Stage(
    name="addresses",
    over="claims",
    needs=(*(f"{who}_{part}" for who in ("patient", "billing") for part in (*_PARTS, "country")), "accident_state"),
    adds=(
        Column("patient_address_has_gaps", FLAG, "flag", "a part of the patient's address is empty"),
        Column("patient_address_gaps", TEXT, "words", "the parts of the patient's address that are empty"),
        Column("billing_address_has_gaps", FLAG, "flag", "a part of the clinic's address is empty"),
        Column("billing_address_gaps", TEXT, "words", "the parts of the clinic's address that are empty"),
        Column("has_unlisted_state", FLAG, "flag", "a state of an address in the USA or of the accident is none"),
        Column("unlisted_states_of", TEXT, "words", "whose state is none: patient, clinic, accident"),
        Column("has_unlisted_country", FLAG, "flag", "a country is none of the two-letter codes"),
        Column("unlisted_countries_of", TEXT, "words", "whose country is none: patient, clinic"),
    ),
    compute=few_or_many(_few, _many),
    is_by_row=True,
    lacks="addresses of patient and clinic, and state of the accident",
)
