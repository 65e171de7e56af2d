"""What each payer wants, dated and cited: one TOML file per payer, one closed list of settings.

A payer file (a pack) is flat: nothing is inherited, so a reader sees everything that is known of a payer in one
place. A setting that nobody has read is left out, and then its answer is unknown, never a default. A value of
confidence `uncertain` loads, is kept in `Payer.doubtful` for display, and decides nothing.

A clinic writes packs of its own in the same format (see `docs/payer-packs.md`) and hands them in as `extra`.
This module knows no rule: it says what a payer states, not what follows from it.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import polars as pl

from cleanclaim.dates import Dated, Lookup, LookupStatus, Series, SeriesError
from cleanclaim.reference.payer_settings import (
    BY_NAME,
    FILING_INDICATORS,
    KINDS,
    NONE,
    PAYER_COLUMNS,
    SETTINGS,
    Choice,
    Flag,
    PayerColumn,
    Setting,
    ShapeError,
    Text,
)
from cleanclaim.sources import Confidence, Source

__all__ = [
    "KINDS",
    "NONE",
    "PAYER_COLUMNS",
    "SETTINGS",
    "Payer",
    "PayerColumn",
    "PayerFileError",
    "Setting",
    "Stated",
    "UnknownPayerError",
    "UnknownSettingError",
    "all_ids",
    "fees",
    "get",
    "load_folder",
    "load_pack",
    "own_pairs",
    "resolve",
    "setting",
]

_ID = re.compile(r"[a-z][a-z0-9_]{1,37}")
_TOP_KEYS = ("id", "label", "kind", "filing_indicator", "filing_indicator_confidence", "fictional")
_VALUE_KEYS = ("value", "from", "through", "source", "confidence", "note")


class PayerFileError(ValueError):
    """A payer file that does not say what it must; the text names the file, the key and what was expected."""


class UnknownPayerError(LookupError):
    """No payer of this id is shipped or was handed in."""


class UnknownSettingError(LookupError):
    """A setting that is not in the closed list `SETTINGS`."""


# --- payers ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Stated(Dated[Any]):
    """A value as a payer states it, with the note that stands beside it in the file."""

    note: str = ""


@dataclass(frozen=True, eq=False)
class Payer:
    """One payer, as its file describes it.

    `settings` holds what decides: a series per setting that was read. `doubtful` holds the values of confidence
    `uncertain`, for display only. `path` names the file. `filing_indicator_confidence` says how the indicator is
    known.
    """

    id: str
    label: str
    kind: str
    filing_indicator: str
    filing_indicator_confidence: Confidence
    fictional: bool
    settings: Mapping[str, Series[Any]]
    doubtful: Mapping[str, tuple[Stated, ...]] = field(default_factory=dict)
    path: str = ""

    def setting(self, name: str, day: date | None) -> Lookup[Any]:
        """What the payer states about `name` on that day; not listed when nothing decisive was read.

        Raises:
            UnknownSettingError: `name` is not in `SETTINGS`.
        """
        _known_setting(name)
        series = self.settings.get(name)
        return Lookup(LookupStatus.NOT_LISTED) if series is None else series.on(day)

    def known_settings(self) -> tuple[str, ...]:
        """The names of the settings that hold a decisive value on some day, in the order of `SETTINGS`."""
        return tuple(setting.name for setting in SETTINGS if setting.name in self.settings)

    @cached_property
    def _timeline(self) -> _Timeline:
        return _Timeline.of(self)


@dataclass(frozen=True)
class _Timeline:
    """A payer's rows of columns: one per stretch of days without a change, and a last one for no date.

    `starts[i]` is the first day of row `i + 1`; row 0 is everything before.
    """

    starts: np.ndarray[Any, np.dtype[np.int32]]
    rows: pl.DataFrame

    @classmethod
    def of(cls, payer: Payer) -> _Timeline:
        starts = sorted(_changes(payer.settings.values()))
        days: list[date | None] = [starts[0] - timedelta(days=1) if starts else date.min, *starts, None]
        head = [True, payer.kind, payer.filing_indicator, payer.fictional]
        rows = [head + _cells(payer, day) for day in days]
        epoch = date(1970, 1, 1)
        return cls(np.array([(start - epoch).days for start in starts], dtype=np.int32), _frame(rows))


def _changes(series: Iterable[Series[Any]]) -> set[date]:
    """The days on which some value begins, or on which there is none any more."""
    found: set[date] = set()
    for item in series:
        ends = [value.valid_through for value in item.values] + [item.known_through]
        # The first and the last day of the calendar are other ways to write an open bound.
        found.update(value.valid_from for value in item.values if value.valid_from and value.valid_from > date.min)
        found.update(end + timedelta(days=1) for end in ends if end and end < date.max)
    return found


def _cells(payer: Payer, day: date | None) -> list[Any]:
    return [cell for item in SETTINGS for cell in item.cells(payer.setting(item.name, day).value)]


def _frame(rows: list[list[Any]]) -> pl.DataFrame:
    schema = {column.name: column.dtype for column in PAYER_COLUMNS}
    return pl.DataFrame(rows, schema=schema, orient="row")


# --- asking ----------------------------------------------------------------------------------------------


def all_ids() -> tuple[str, ...]:
    """The ids of the payers that are shipped, sorted."""
    return tuple(sorted(path.stem for path in _folder().glob("*.toml")))


def get(payer_id: str) -> Payer:
    """The shipped payer of that id.

    Raises:
        UnknownPayerError: none is shipped under that id.
    """
    payer = _find(payer_id, {})
    if payer is None:
        raise UnknownPayerError(f"no payer file {payer_id!r}; shipped are {', '.join(all_ids())}")
    return payer


def setting(payer_id: str | None, name: str, day: date | None, extra: Iterable[Payer] = ()) -> Lookup[Any]:
    """What a payer states about `name` on a day.

    An id without a file, a setting that was not read and one that is only doubtful are all not listed; a missing
    id or day is an unknown key. Packs in `extra` come before shipped ones of the same id.

    Raises:
        UnknownSettingError: `name` is not in `SETTINGS`.
    """
    _known_setting(name)
    if payer_id is None:
        return Lookup(LookupStatus.UNKNOWN_KEY)
    payer = _find(payer_id, _by_id(extra))
    return Lookup(LookupStatus.NOT_LISTED) if payer is None else payer.setting(name, day)


def resolve(payers_and_days: pl.DataFrame, extra: Iterable[Payer] = ()) -> pl.DataFrame:
    """Every setting of every payer on every day asked for.

    Args:
        payers_and_days: columns `payer` (String) and `date` (Date); repeated rows and other columns are ignored.
        extra: packs beside the shipped ones; they come first where ids are the same.

    Returns:
        One row per distinct payer and date, sorted by them (nulls first): `payer`, `date` and the columns of
        `PAYER_COLUMNS`. Null is unknown. `payer_is_known` is false for an id without a file.
    """
    packs = _by_id(extra)
    keys = payers_and_days.select("payer", "date")
    if keys.height > 1:
        keys = keys.unique().sort("payer", "date")
    groups = keys.partition_by("payer", maintain_order=True) if keys.height > 1 else [keys] * keys.height
    parts = [group.hstack(_rows_for(group["payer"][0], group["date"], packs)) for group in groups]
    return pl.concat(parts, rechunk=True) if parts else keys.hstack(_frame([]))


def own_pairs(payers: Iterable[Payer]) -> pl.DataFrame:
    """The pairs that these payers edit themselves.

    Returns:
        `payer`, `column_1`, `column_2` (String), `bypass_allowed` (Boolean), `valid_from`, `valid_through` (Date,
        null: open), in the order of the payers and of their files.
    """
    return _rows_of(payers, "own_pairs", {"column_1": pl.String, "column_2": pl.String, "bypass_allowed": pl.Boolean})


def fees(payers: Iterable[Payer]) -> pl.DataFrame:
    """The fees by code of these payers.

    Returns:
        `payer`, `code` (String), `amount` (Int64, cents for one unit), `valid_from`, `valid_through` (Date, null:
        open), in the order of the payers and of their files.
    """
    return _rows_of(payers, "fee_table", {"code": pl.String, "amount": pl.Int64})


def _rows_of(payers: Iterable[Payer], name: str, fields: Mapping[str, Any]) -> pl.DataFrame:
    schema = {"payer": pl.String, **fields, "valid_from": pl.Date, "valid_through": pl.Date}
    rows = [
        (payer.id, *(row[item] for item in fields), dated.valid_from, dated.valid_through)
        for payer in payers
        if name in payer.settings
        for dated in payer.settings[name].values
        for row in dated.value
    ]
    return pl.DataFrame(rows, schema=schema, orient="row")


def _rows_for(payer_id: str | None, days: pl.Series, packs: Mapping[str, Payer]) -> pl.DataFrame:
    payer = None if payer_id is None else _find(payer_id, packs)
    if payer is None:
        row = _unknown_row(has_id=payer_id is not None)
        return row if days.len() == 1 else row[[0] * days.len()]
    timeline = payer._timeline  # noqa: SLF001 - the cache belongs to the payer, its use to this module
    if days.len() == 1:
        day = days[0]
        index = timeline.rows.height - 1 if day is None else _index(timeline, day)
        return timeline.rows.slice(index, 1)
    # Nulls take the last row, which is the one for no date.
    physical = days.to_physical()
    indexes = np.searchsorted(timeline.starts, physical.fill_null(0).to_numpy(), side="right")
    indexes[physical.is_null().to_numpy()] = timeline.rows.height - 1
    return timeline.rows[indexes]


def _index(timeline: _Timeline, day: date) -> int:
    return bisect_right(timeline.starts, (day - date(1970, 1, 1)).days)


@cache
def _unknown_row(*, has_id: bool) -> pl.DataFrame:
    cells: list[Any] = [False if has_id else None]
    return _frame([cells + [None] * (len(PAYER_COLUMNS) - 1)])


def _known_setting(name: str) -> Setting:
    if name not in BY_NAME:
        raise UnknownSettingError(f"no setting {name!r}; there are {', '.join(BY_NAME)}")
    return BY_NAME[name]


def _by_id(extra: Iterable[Payer]) -> dict[str, Payer]:
    return {payer.id: payer for payer in extra}


def _find(payer_id: str, packs: Mapping[str, Payer]) -> Payer | None:
    return packs.get(payer_id) or _shipped(payer_id)


@cache
def _shipped(payer_id: str) -> Payer | None:
    # The pattern also keeps an id from naming a path outside the folder.
    path = _folder() / f"{payer_id}.toml"
    return load_pack(path) if _ID.fullmatch(payer_id) and path.is_file() else None


def _folder() -> Path:
    return Path(__file__).parent / "data" / "payers"


# --- reading files ---------------------------------------------------------------------------------------


def load_folder(path: Path | str) -> tuple[Payer, ...]:
    """Read every `*.toml` of a folder as a payer, sorted by file name.

    Raises:
        PayerFileError: a file is not a payer file, two files have one id, or there is no such folder.
    """
    folder = Path(path)
    if not folder.is_dir():
        raise PayerFileError(f"{folder}: expected a folder of payer files")
    found: dict[str, Payer] = {}
    for file in sorted(folder.glob("*.toml")):
        payer = load_pack(file)
        if payer.id in found:
            raise PayerFileError(
                f"{file}: id: {payer.id!r} is also the id of {found[payer.id].path}; expected one file"
            )
        found[payer.id] = payer
    return tuple(found.values())


def load_pack(path: Path | str) -> Payer:
    """Read one payer file; the same strictness holds for shipped files and for a clinic's own.

    Raises:
        PayerFileError: the file cannot be read, has an unknown key, lacks a needed one, or holds a value of the
            wrong shape; the text names the file, the key and what was expected.
    """
    file = Path(path)
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise PayerFileError(f"{file}: cannot be read: {error.strerror}; expected a TOML file") from error
    except UnicodeDecodeError as error:
        raise PayerFileError(f"{file}: is not UTF-8 at byte {error.start}; expected a TOML file") from error
    except tomllib.TOMLDecodeError as error:
        raise PayerFileError(f"{file}: is not TOML: {error}") from error
    return _Reader(str(file)).payer(table)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Turns the tables of one file into a payer, naming the file and key of whatever is wrong."""

    file: str

    def payer(self, table: dict[str, Any]) -> Payer:
        self._only(table, (*_TOP_KEYS, "sources", "settings"), "")
        payer_id = self._text(table, "id", "")
        if not _ID.fullmatch(payer_id):
            raise self._error("id", payer_id, "2 to 38 lower-case letters, digits and underscores, a letter first")
        sources = {
            name: self._source(value, f"sources.{name}") for name, value in self._table(table, "sources", "").items()
        }
        settings: dict[str, Series[Any]] = {}
        doubtful: dict[str, tuple[Stated, ...]] = {}
        for name, entry in self._table(table, "settings", "").items():
            if name not in BY_NAME:
                raise self._error(f"settings.{name}", name, "one of the settings " + ", ".join(BY_NAME))
            series, doubts = self._series(BY_NAME[name], entry, sources)
            if series.values:
                settings[name] = series
            if doubts:
                doubtful[name] = doubts
        return Payer(
            id=payer_id,
            label=self._text(table, "label", ""),
            kind=self._one_of(table, "kind", KINDS),
            filing_indicator=self._one_of(table, "filing_indicator", FILING_INDICATORS),
            filing_indicator_confidence=Confidence(
                self._one_of(table, "filing_indicator_confidence", tuple(item.value for item in Confidence))
            ),
            fictional=self._flag(table, "fictional"),
            settings=MappingProxyType(settings),
            doubtful=MappingProxyType(doubtful),
            path=self.file,
        )

    def _series(
        self, setting: Setting, entry: object, sources: Mapping[str, Source]
    ) -> tuple[Series[Any], tuple[Stated, ...]]:
        where = f"settings.{setting.name}"
        if not isinstance(entry, dict):
            raise self._error(where, entry, f"a table with [[{where}.values]]")
        self._only(entry, ("values", "known_through"), where)
        known_through = self._day(entry, "known_through", where)
        values = entry.get("values")
        if not isinstance(values, list) or not values:
            raise self._error(f"{where}.values", values, "one or more values")
        read = [self._stated(setting, item, sources, f"{where}.values[{index}]") for index, item in enumerate(values)]
        decisive = tuple(item for item in read if item.source.confidence is not Confidence.UNCERTAIN)
        doubts = tuple(item for item in read if item.source.confidence is Confidence.UNCERTAIN)
        try:
            series: Series[Any] = Series(setting.name, setting.meaning, setting.unit, tuple(decisive), known_through)
            for doubt in doubts:
                # What is doubtful on a day cannot also be certain on it; doubts may contradict each other.
                Series(setting.name, setting.meaning, setting.unit, (*decisive, doubt), known_through)
        except SeriesError as error:
            raise PayerFileError(f"{self.file}: {where}: {error}; expected values that do not overlap") from error
        return series, doubts

    def _stated(self, setting: Setting, item: object, sources: Mapping[str, Source], where: str) -> Stated:
        if not isinstance(item, dict):
            raise self._error(where, item, "a table with value and source")
        self._only(item, _VALUE_KEYS, where)
        if "value" not in item:
            raise self._error(f"{where}.value", None, "a value; a setting that is unknown is left out")
        value = item["value"]
        if not (setting.may_be_none and value == NONE):
            try:
                value = setting.shape.read(value)
            except ShapeError as problem:
                at = f"{where}.value.{problem.at}" if problem.at else f"{where}.value"
                expected = problem.expected + (f", or {NONE!r}" if setting.may_be_none and not problem.at else "")
                raise self._error(at.replace(".[", "["), problem.found, expected) from None
        source = self._cited(item, sources, where)
        note = self._text(item, "note", where) if "note" in item else ""
        return Stated(value, self._day(item, "from", where), self._day(item, "through", where), source, note)

    def _cited(self, item: dict[str, Any], sources: Mapping[str, Source], where: str) -> Source:
        confidence = item.get("confidence", Confidence.SEEN.value)
        if confidence not in tuple(Confidence):
            raise self._error(f"{where}.confidence", confidence, "one of " + ", ".join(Confidence))
        cited = item.get("source")
        if isinstance(cited, str):
            if cited not in sources:
                raise self._error(f"{where}.source", cited, "the name of a table under [sources]")
            source = sources[cited]
        else:
            source = self._source(cited, f"{where}.source")
        return Source(
            source.publisher, source.title, source.section, source.read_on, source.url, Confidence(confidence)
        )

    def _source(self, table: object, where: str) -> Source:
        keys = ("publisher", "title", "section", "url", "read_on")
        if not isinstance(table, dict):
            raise self._error(where, table, "a table with " + ", ".join(keys))
        self._only(table, keys, where)
        read_on = self._day(table, "read_on", where)
        if read_on is None:
            raise self._error(f"{where}.read_on", None, "a date such as 2026-01-31")
        url = self._text(table, "url", where) if "url" in table else ""
        publisher, title, section = (self._text(table, key, where) for key in ("publisher", "title", "section"))
        return Source(publisher, title, section, read_on, url)

    # One key at a time.

    def _error(self, key: str, found: object, expected: str) -> PayerFileError:
        shown = "is missing" if found is None else f"has {found!r}"
        return PayerFileError(f"{self.file}: {key} {shown}; expected {expected}")

    def _only(self, table: dict[str, Any], keys: tuple[str, ...], where: str) -> None:
        for key in table:
            if key not in keys:
                raise self._error(f"{where}.{key}" if where else key, key, "one of the keys " + ", ".join(keys))

    def _table(self, table: dict[str, Any], key: str, where: str) -> dict[str, Any]:
        value = table.get(key, {})
        if not isinstance(value, dict):
            raise self._error(f"{where}{key}", value, f"a table [{key}]")
        return value

    def _text(self, table: dict[str, Any], key: str, where: str) -> str:
        try:
            return Text().read(table.get(key))
        except ShapeError as problem:
            raise self._error(f"{where}.{key}" if where else key, problem.found, problem.expected) from None

    def _one_of(self, table: dict[str, Any], key: str, options: tuple[str, ...]) -> str:
        try:
            return Choice(*options).read(table.get(key))
        except ShapeError as problem:
            raise self._error(key, problem.found, problem.expected) from None

    def _flag(self, table: dict[str, Any], key: str) -> bool:
        try:
            return Flag().read(table.get(key))
        except ShapeError as problem:
            raise self._error(key, problem.found, problem.expected) from None

    def _day(self, table: dict[str, Any], key: str, where: str) -> date | None:
        value = table.get(key)
        if value is not None and type(value) is not date:
            raise self._error(f"{where}.{key}", value, "a date such as 2026-01-31, without quotes")
        return value
