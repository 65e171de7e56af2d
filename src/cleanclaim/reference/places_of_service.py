"""Place-of-service codes: our own short label, how Medicare pays there, what a therapist should know.

The payment setting decides which practice expense Medicare pays: "facility" places have costs of their own
paid elsewhere, so the professional is paid less. A place that is assigned to nobody is not listed.
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
from cleanclaim.reference.reading import Entry, TableError, read_sources, read_toml
from cleanclaim.sources import Source

_FILE = "places_of_service.toml"
_CODE = re.compile(r"\d{2}")


class PaymentSetting(StrEnum):
    """Which practice expense Medicare pays at a place."""

    FACILITY = "facility"
    NON_FACILITY = "non_facility"


class TherapistUse(StrEnum):
    """How a private therapy practice meets a place."""

    USUAL = "usual"
    """An everyday place of outpatient therapy."""
    POSSIBLE = "possible"
    """Therapy happens there; look at the note and the payer's rule."""
    INSTITUTION_BILLS = "institution_bills"
    """Therapy there is normally billed by the institution, not by a private practice."""
    UNLIKELY = "unlikely"
    """Hardly ever right on a therapy claim: check for a typing mistake."""


@dataclass(frozen=True, slots=True)
class PlaceOfService:
    """One place of service; `valid_from` of `None` means that the first day was not read."""

    code: str
    label: str
    payment: PaymentSetting
    use: TherapistUse
    is_telehealth: bool
    note: str
    valid_from: date | None
    valid_from_source: Source | None
    source: Source


def get(code: str) -> PlaceOfService | None:
    """The place of that two-digit code, whatever its dates, or `None` when it is not listed."""
    return _load().get(code)


def on(code: str | None, day: date | None) -> Lookup[PlaceOfService]:
    """The place in force on that day."""
    if code is None or day is None:
        return Lookup(LookupStatus.UNKNOWN_KEY)
    place = get(code)
    if place is None:
        return Lookup(LookupStatus.NOT_LISTED)
    if place.valid_from is not None and day < place.valid_from:
        return Lookup(LookupStatus.OUTSIDE_DATES)
    return Lookup(LookupStatus.FOUND, Dated(place, place.valid_from, None, place.source))


def all_places() -> tuple[PlaceOfService, ...]:
    """Every listed place, sorted by code."""
    return tuple(place for _, place in sorted(_load().items()))


@cache
def table() -> pl.DataFrame:
    """One row per place, sorted by code.

    Columns: code, label, payment ("facility" or "non_facility"), use, note (String); is_telehealth (Boolean, never
    null); valid_from (Date, null not read).
    """
    rows = [
        (item.code, item.label, item.payment.value, item.use.value, item.note, item.is_telehealth, item.valid_from)
        for item in all_places()
    ]
    schema = {
        "code": pl.String,
        "label": pl.String,
        "payment": pl.String,
        "use": pl.String,
        "note": pl.String,
        "is_telehealth": pl.Boolean,
        "valid_from": pl.Date,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


@cache
def _load() -> dict[str, PlaceOfService]:
    tables = read_toml(_FILE)
    sources = read_sources(_FILE, tables.pop("sources", None))
    return parse(_FILE, tables, sources)


def parse(name: str, tables: Mapping[str, Any], sources: Mapping[str, Source]) -> dict[str, PlaceOfService]:
    """Build the places of a parsed file; `name` is used in errors.

    Raises:
        TableError: a code of the wrong form, an unknown key or a missing source.
    """
    found = {}
    for code, values in tables.items():
        where = f"{name}: {code}"
        if not _CODE.fullmatch(code) or not isinstance(values, dict):
            raise TableError(f"{where}: expected a table named by a two-digit place of service")
        entry = Entry(where, values, sources)
        valid_from, valid_from_source = entry.bound("valid_from")
        found[code] = PlaceOfService(
            code=code,
            label=entry.text("label"),
            payment=entry.choice("payment", PaymentSetting),
            use=entry.choice("use", TherapistUse),
            is_telehealth=entry.flag("is_telehealth") or False,
            note=entry.optional_text("note"),
            valid_from=valid_from,
            valid_from_source=valid_from_source,
            source=entry.source(),
        )
        entry.done()
    return found
