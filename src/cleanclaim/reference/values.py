"""Amounts, rates and deadlines that a regulator sets, each for its dates and with who says so.

A file under `data/values` holds one topic; each of its tables is one named series:

    [kx_threshold_ot]
    label = "…"                      # for people
    unit = "cents"                   # see `SCALES`
    known_through = 2026-12-31       # last day published; left out for a standing rule
    note = "…"                       # optional: what a user of the value must mind

    [[kx_threshold_ot.values]]
    value = "2480.00"                # quoted, so that no reader makes a float of it
    from = 2026-01-01                # both days inclusive; left out for an open end
    through = 2026-12-31
    confidence = "seen"
    source = { publisher = "…", title = "…", section = "…", url = "…", read_on = 2026-11-21 }

Values come out as integers at the scale of their unit. Past `known_through` there is no value.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

import polars as pl

from cleanclaim.dates import Dated, Lookup, Series, SeriesError
from cleanclaim.money import CONVERSION_FACTOR_SCALE, RATE_SCALE, AmountError, scaled
from cleanclaim.sources import Source, SourceError

SCALES: Mapping[str, int] = {
    "cents": 100,
    "conversion_factor_e4": CONVERSION_FACTOR_SCALE,
    "rate_e4": RATE_SCALE,
    "days": 1,
    "business days": 1,
    "treatment days": 1,
    "months": 1,
    "minutes": 1,
    "units": 1,
    "therapists": 1,
}
"""Unit → how many of the stored integer make one of what the file writes."""

_SERIES_KEYS = ("label", "unit", "known_through", "note", "values")
_VALUE_KEYS = ("value", "from", "through", "confidence", "source")


class ValuesError(ValueError):
    """A file of values is not as expected; the message names file, series and key."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """One series as read, with what its users must mind."""

    series: Series[int]
    note: str


def names() -> tuple[str, ...]:
    """The name of every series, in alphabetical order."""
    return tuple(sorted(_entries()))


def series(name: str) -> Series[int]:
    """The series of that name; values are integers at the scale of `series(name).unit`.

    Raises:
        KeyError: No series has that name.
    """
    return _entry(name).series


def note(name: str) -> str:
    """What a user of the series must mind, or the empty text."""
    return _entry(name).note


def on(name: str, day: date | None) -> Lookup[int]:
    """The value on that day, with its source; past the horizon the status says so and there is no value."""
    return series(name).on(day)


@cache
def table(name: str) -> pl.DataFrame:
    """One row per value, oldest first, for `reference.lookup.attach` with an empty key.

    Columns: value (Int64, at the scale of the unit), valid_from, valid_through (Date, null = open),
    confidence, source (String). Hand `series(name).known_through` to `attach` beside it.
    """
    values = series(name).values
    return pl.DataFrame(
        {
            "value": [item.value for item in values],
            "valid_from": [item.valid_from for item in values],
            "valid_through": [item.valid_through for item in values],
            "confidence": [item.source.confidence.value for item in values],
            "source": [item.source.cite() for item in values],
        },
        schema={
            "value": pl.Int64,
            "valid_from": pl.Date,
            "valid_through": pl.Date,
            "confidence": pl.String,
            "source": pl.String,
        },
    )


def read_values(file: str, text: str) -> dict[str, tuple[Series[int], str]]:
    """Read the series of one file, each with its note; `file` is named in errors.

    Raises:
        ValuesError: Not TOML, an unknown or absent key, a value that is no number at the unit's scale, a
            source that cannot be found again, or overlapping dates.
    """
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ValuesError(f"{file}: not TOML: {error}") from error
    return {name: _series(f"{file}: {name}", name, entry) for name, entry in tables.items()}


@cache
def _entries() -> dict[str, _Entry]:
    """Every series of every file; a name is given once."""
    found: dict[str, _Entry] = {}
    for file in _files():
        for name, (one, text) in read_values(file.name, file.read_text("utf-8")).items():
            if name in found:
                raise ValuesError(f"{file.name}: {name} is the name of a series in another file")
            found[name] = _Entry(one, text)
    return found


def _files() -> list[Traversable]:
    """The files of values, by name."""
    folder = resources.files("cleanclaim.reference") / "data" / "values"
    return sorted((item for item in folder.iterdir() if item.name.endswith(".toml")), key=lambda item: item.name)


def _entry(name: str) -> _Entry:
    """The entry of that name, or a KeyError that lists the names."""
    entries = _entries()
    if name not in entries:
        raise KeyError(f"no series {name!r}; there are {', '.join(sorted(entries))}")
    return entries[name]


def _series(where: str, name: str, entry: Any) -> tuple[Series[int], str]:  # noqa: ANN401 - as TOML gives it
    """One series and its note."""
    _check_keys(where, entry, known=_SERIES_KEYS, required=("label", "unit", "values"))
    unit = _text(where, entry, "unit")
    if unit not in SCALES:
        raise ValuesError(f"{where}: unit is {unit!r}; expected one of {', '.join(SCALES)}")
    rows = entry["values"]
    if not isinstance(rows, list) or not rows:
        raise ValuesError(f"{where}: values is empty; expected at least one [[{name}.values]]")
    values = [_dated(f"{where}.values[{place}]", row, SCALES[unit]) for place, row in enumerate(rows)]
    try:
        built = Series(
            name=name,
            label=_text(where, entry, "label"),
            unit=unit,
            values=tuple(sorted(values, key=lambda item: item.valid_from or date.min)),
            known_through=_day(where, entry, "known_through"),
        )
    except SeriesError as error:
        raise ValuesError(f"{where}: {error}") from error
    return built, _text(where, entry, "note") if "note" in entry else ""


def _dated(where: str, row: Any, scale: int) -> Dated[int]:  # noqa: ANN401 - as TOML gives it
    """One value with its days and source."""
    _check_keys(where, row, known=_VALUE_KEYS, required=("value", "confidence", "source"))
    try:
        value = scaled(_text(where, row, "value"), scale)
    except AmountError as error:
        raise ValuesError(f"{where}: value: {error}") from error
    if not isinstance(row["source"], dict):
        raise ValuesError(f"{where}: source is {row['source']!r}; expected a table with publisher, title and section")
    if "confidence" in row["source"]:
        raise ValuesError(f"{where}: source has key 'confidence'; it stands beside the source, not in it")
    _day(where, row["source"], "read_on")
    try:
        source = Source.from_table({**row["source"], "confidence": _text(where, row, "confidence")})
    except (SourceError, ValueError) as error:
        raise ValuesError(f"{where}: source: {error}") from error
    return Dated(value, _day(where, row, "from"), _day(where, row, "through"), source)


def _check_keys(where: str, entry: Any, *, known: tuple[str, ...], required: tuple[str, ...]) -> None:  # noqa: ANN401
    """Refuse what is no table, an unknown key, and an absent one."""
    if not isinstance(entry, dict):
        raise ValuesError(f"{where}: is {entry!r}; expected a table with {', '.join(required)}")
    unknown = sorted(set(entry) - set(known))
    if unknown:
        raise ValuesError(f"{where}: unknown key {unknown[0]!r}; expected {', '.join(known)}")
    for key in required:
        if key not in entry:
            raise ValuesError(f"{where}: lacks key {key!r}")


def _text(where: str, entry: Mapping[str, Any], key: str) -> str:
    """A text that is not blank."""
    value = entry[key]
    if not isinstance(value, str) or not value.strip():
        raise ValuesError(f"{where}: {key} is {value!r}; expected text in quotes")
    return value


def _day(where: str, entry: Mapping[str, Any], key: str) -> date | None:
    """A day, or None when the key is absent."""
    value = entry.get(key)
    # A TOML date with a time is a datetime, which is also a date.
    if value is not None and type(value) is not date:
        raise ValuesError(f"{where}: {key} is {value!r}; expected a day such as 2026-01-01")
    return value
