"""What the list of places of service says of the claim's place."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import polars as pl

from cleanclaim.facts.identity.described import described
from cleanclaim.facts.kit import Context, Fact, Stage
from cleanclaim.lines.columns import col
from cleanclaim.lines.schema import DAY, FLAG, TEXT, Column
from cleanclaim.reference import places_of_service

_REMEMBERED = 1_024
_LACKS = "a listed place of service"

_COLUMNS = (
    Column("place_is_listed", FLAG, "flag", "the place of service is in the list"),
    Column("place_label", TEXT, "text", "our label of the place; empty when it is not listed"),
    Column("place_use", TEXT, "code", "usual, possible, institution_bills, unlikely; empty when it is not listed"),
    Column("place_begins_on", DAY, "date", "first day of the place, where it was read"),
)


@lru_cache(maxsize=_REMEMBERED)
def _place(text: str) -> tuple[object, ...]:
    place = places_of_service.get(text)
    return (False, "", "", None) if place is None else (True, place.label, place.use.value, place.valid_from)


def _describe(frames: Mapping[str, pl.DataFrame], context: Context) -> pl.DataFrame:  # noqa: ARG001
    return pl.DataFrame(described(frames["claims"].get_column("place_of_service"), _place, _COLUMNS))


stage = Stage(
    name="place-listing",
    over="claims",
    needs=("place_of_service",),
    adds=_COLUMNS,
    compute=_describe,
    lacks=_LACKS,
    is_lookup=True,
)

fact = Fact(
    name="place_is_dated",
    over="claims",
    dtype=pl.Boolean,
    unit="flag",
    meaning="the place is listed, and the list says since when; false: it has always been listed, or never was",
    lacks=_LACKS,
    expr=pl.when(col.place_is_listed.is_not_null()).then(col.place_begins_on.is_not_null()),
)
