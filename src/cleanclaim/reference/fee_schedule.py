"""The Medicare physician fee schedule: relative value units by code and date, and geographic indices by locality.

Shipped are the codes that therapists, and the clinics they work in, bill; a loaded relative value file answers for
every code of its days. Relative values are integers at 10⁻², indices at 10⁻³. Which status codes are paid, and how
the parts make a price, is the business of `pricing`.
"""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

import polars as pl

from cleanclaim.dates import Dated, Lookup, LookupStatus, Series
from cleanclaim.reference import values
from cleanclaim.reference.loaded_fees import edition_name, with_factors, with_releases, with_years
from cleanclaim.reference.published.editions import by_editions, current
from cleanclaim.reference.published.kinds import Kind
from cleanclaim.sources import Confidence, Source

_REMEMBERED = 16_384
NATIONAL = "national"
"""The locality of a national price: every index is 1.000."""

RVU_SCHEMA = pl.Schema(
    {
        "code": pl.String,
        "modifier": pl.String,
        "edition": pl.String,
        "valid_from": pl.Date,
        "valid_through": pl.Date,
        "status": pl.String,
        "work": pl.Int64,
        "pe_nonfacility": pl.Int64,
        "pe_facility": pl.Int64,
        "mp": pl.Int64,
        "pctc": pl.String,
        "multiple_procedure": pl.String,
        "global": pl.String,
        "na_nonfacility": pl.Boolean,
        "na_facility": pl.Boolean,
    }
)
"""Columns of `rvu_table()`; relative values at 10⁻²."""

GPCI_SCHEMA = pl.Schema(
    {
        "locality": pl.String,
        "state": pl.String,
        "name": pl.String,
        "edition": pl.String,
        "valid_from": pl.Date,
        "valid_through": pl.Date,
        "work": pl.Int64,
        "pe": pl.Int64,
        "mp": pl.Int64,
    }
)
"""Columns of `gpci_table()`; indices at 10⁻³."""


class FeeScheduleError(ValueError):
    """A published file is not laid out as expected; names the file and, where there is one, row and column."""


@dataclass(frozen=True, slots=True)
class RelativeValues:
    """The relative values of one code, at 10⁻², and the indicators that steer its payment."""

    code: str
    modifier: str
    edition: str
    status: str
    """Medicare status: A active, B bundled, C carrier-priced, I invalid, N not covered, R restricted, X excluded."""
    work: int
    pe_nonfacility: int
    pe_facility: int
    mp: int
    pctc: str
    """7 marks therapy services."""
    multiple_procedure: str
    """5 marks the always-therapy codes whose practice expense is cut when several units meet in a day."""
    global_days: str
    na_nonfacility: bool | None
    """Whether CMS marks the code as rarely or never done outside a facility; None where that was not read."""
    na_facility: bool | None


@dataclass(frozen=True, slots=True)
class Indices:
    """The geographic practice cost indices of one locality, at 10⁻³."""

    locality: str
    state: str
    name: str
    edition: str
    work: int
    pe: int
    mp: int


@by_editions(Kind.RELATIVE_VALUES)
def rvu_table() -> pl.DataFrame:
    """Relative values by code, modifier ("" is none) and date; see `RVU_SCHEMA`. Equal neighbors are one row."""
    return with_releases(_shipped_values(), current().of(Kind.RELATIVE_VALUES))


@by_editions(Kind.GEOGRAPHIC_INDICES)
def gpci_table() -> pl.DataFrame:
    """Indices by locality ("MAC-number" such as "01112-05", or "national") and year; see `GPCI_SCHEMA`."""
    return with_years(_shipped_indices(), current().of(Kind.GEOGRAPHIC_INDICES), NATIONAL)


@by_editions(Kind.RELATIVE_VALUES)
def conversion_factor() -> Series[int]:
    """The conversion factor at 10⁻⁴: the shipped series, continued by loaded releases of later years."""
    return with_factors(values.series("conversion_factor"), current().of(Kind.RELATIVE_VALUES))


@by_editions(Kind.RELATIVE_VALUES, Kind.GEOGRAPHIC_INDICES)
def horizon() -> date:
    """The last day for which relative values and indices have been read."""
    return min(_last_day(rvu_table()), _last_day(gpci_table()))


def rvu(code: str, day: date, modifier: str = "") -> Lookup[RelativeValues]:
    """The relative values of a code on a day, with the edition they were read from as source."""
    return _find(_dated_rvu(code, modifier), day)


def gpci(locality: str, day: date) -> Lookup[Indices]:
    """The indices of a locality on a day, with the edition they were read from as source."""
    return _find(_gpci_index().get(locality), day)


def localities(text: str = "") -> pl.DataFrame:
    """Find localities by words of their name, state (abbreviation or name) or key; all of them for no text.

    Every word must be found. A word of two letters that is a state's abbreviation means that state.
    Columns: locality, state, name, valid_from, valid_through (of all years together), in the order of the key.
    """
    known = (
        gpci_table()
        .sort("locality", "valid_from")
        .group_by("locality", maintain_order=True)
        .agg(pl.col("state", "name").last(), pl.col("valid_from").min(), pl.col("valid_through").max())
    )
    states = _states()
    sought = pl.concat_str(
        "locality",
        pl.col("state").replace_strict(states, default=""),
        "name",
        separator=" ",
    ).str.to_lowercase()
    for word in text.split():
        if word.upper() in states:
            known = known.filter(pl.col("state") == word.upper())
        else:
            known = known.filter(sought.str.contains(word.lower(), literal=True))
    return known


@dataclass(frozen=True, slots=True)
class PublishedEdition:
    """One file of CMS that was read, and the days that its rows speak for."""

    name: str
    first_day: date
    last_day: date
    source: Source
    note: str
    """What a user of its figures must mind, or the empty text."""


@by_editions(Kind.RELATIVE_VALUES, Kind.GEOGRAPHIC_INDICES)
def editions() -> Mapping[str, PublishedEdition]:
    """The published files that the tables were read from, by the name in the column `edition`: shipped and loaded.

    A run of editions with equal values, such as "rvu20a..rvu20d", is named by its first and its last.
    """
    loaded = {
        edition_name(item): PublishedEdition(
            edition_name(item), item.begins, item.valid_through, item.source, item.note
        )
        for kind in (Kind.RELATIVE_VALUES, Kind.GEOGRAPHIC_INDICES)
        for item in current().of(kind)
    }
    return {**read_editions(_data("editions.toml").decode("utf-8")), **loaded}


def read_editions(text: str) -> dict[str, PublishedEdition]:
    """Read the file of editions.

    Raises:
        FeeScheduleError: A key is unknown or absent.
    """
    return {name: _edition(name, entry) for name, entry in tomllib.loads(text).items()}


def _data(name: str) -> bytes:
    """A file of the committed fee schedule."""
    return (resources.files("cleanclaim.reference") / "data" / "fee_schedule" / name).read_bytes()


@cache
def _shipped_values() -> pl.DataFrame:
    return _read_table("rvu.csv", RVU_SCHEMA)


@cache
def _shipped_indices() -> pl.DataFrame:
    return _read_table("gpci.csv", GPCI_SCHEMA)


def _read_table(name: str, schema: pl.Schema) -> pl.DataFrame:
    """A committed table; blank text is a value (no modifier, no state), blank numbers and marks are unknown."""
    return pl.read_csv(_data(name), schema=schema).with_columns(pl.col(pl.String).fill_null(""))


def _last_day(table: pl.DataFrame) -> date:
    """The last day that a table speaks for; no committed row has an open end."""
    days: list[date] = table["valid_through"].to_list()
    return max(days)


@cache
def _states() -> dict[str, str]:
    """Abbreviation → name of the states and territories that have localities."""
    rows = csv.DictReader(io.StringIO(_data("states.csv").decode("utf-8")))
    return {row["state"]: row["name"] for row in rows}


@by_editions(Kind.RELATIVE_VALUES)
def _rvu_rows() -> dict[tuple[str, str], list[int]]:
    """Code and modifier → the rows of `rvu_table()`: a whole release has 20,000, of which a price needs a few."""
    found: dict[tuple[str, str], list[int]] = {}
    for place, key in enumerate(rvu_table().select("code", "modifier").iter_rows()):
        found.setdefault(key, []).append(place)
    return found


@by_editions(Kind.RELATIVE_VALUES, Kind.GEOGRAPHIC_INDICES, most=_REMEMBERED)
def _dated_rvu(code: str, modifier: str) -> list[Dated[RelativeValues]] | None:
    """The dated values of a code and modifier; None where they are not listed."""
    places = _rvu_rows().get((code, modifier))
    if places is None:
        return None
    found = []
    for place in places:
        row = rvu_table().row(place, named=True)
        begins, ends = row.pop("valid_from"), row.pop("valid_through")
        row["global_days"] = row.pop("global")
        relative = RelativeValues(**row)
        found.append(Dated(relative, begins, ends, _source(relative.edition)))
    return found


@by_editions(Kind.RELATIVE_VALUES, Kind.GEOGRAPHIC_INDICES)
def _gpci_index() -> dict[str, list[Dated[Indices]]]:
    """Locality → its dated indices."""
    found: dict[str, list[Dated[Indices]]] = {}
    for row in gpci_table().iter_rows(named=True):
        begins, ends = row.pop("valid_from"), row.pop("valid_through")
        indices = Indices(**row)
        found.setdefault(indices.locality, []).append(Dated(indices, begins, ends, _source(indices.edition)))
    return found


def _find(listed: list[Dated[Any]] | None, day: date) -> Lookup[Any]:
    """The one of the dated values that holds; past the horizon there is none."""
    if day > horizon():
        return Lookup(LookupStatus.PAST_HORIZON)
    if listed is None:
        return Lookup(LookupStatus.NOT_LISTED)
    for dated in listed:
        if dated.holds_on(day):
            return Lookup(LookupStatus.FOUND, dated)
    return Lookup(LookupStatus.OUTSIDE_DATES)


def _source(edition: str) -> Source:
    """The source of an edition; of a run of editions with equal values, the last one read."""
    return editions()[edition.rsplit("..", maxsplit=1)[-1]].source


def _edition(name: str, entry: Mapping[str, Any]) -> PublishedEdition:
    """The edition that an entry of `editions.toml` describes."""
    required = {"title", "section", "from", "through", "read_on", "confidence"}
    for key in sorted(set(entry) - required - {"note"}):
        raise FeeScheduleError(f"editions.toml: {name}: unknown key {key!r}; expected {', '.join(sorted(required))}")
    for key in sorted(required - set(entry)):
        raise FeeScheduleError(f"editions.toml: {name}: lacks key {key!r}")
    return PublishedEdition(
        name=name,
        first_day=entry["from"],
        last_day=entry["through"],
        source=Source(
            publisher="CMS",
            title=entry["title"],
            section=entry["section"],
            read_on=entry["read_on"],
            confidence=Confidence(entry["confidence"]),
        ),
        note=entry.get("note", ""),
    )
