"""What each payer wants, dated and cited: one TOML file per payer, one closed list of settings.

A payer file (a pack) is flat: nothing is inherited, so a reader sees everything that is known of a payer in one
place. A setting that nobody has read is left out, and then its answer is unknown, never a default. A value of
confidence `uncertain` loads, is kept in `Payer.doubtful` for display, and decides nothing.

A clinic writes packs of its own in the same format (see `docs/payer-packs.md`) and hands them in as `extra`.
This module knows no rule: it says what a payer states, not what follows from it.
"""

from __future__ import annotations

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

from cleanclaim.dates import Lookup, LookupStatus, Series
from cleanclaim.reference.payer_files import (
    ID_SHAPE,
    PackContents,
    PackProblem,
    PayerFileError,
    Stated,
    parse_contents,
    read_contents,
)
from cleanclaim.reference.payer_settings import BY_NAME, KINDS, NONE, PAYER_COLUMNS, SETTINGS, Setting
from cleanclaim.reference.payer_shapes import PayerColumn
from cleanclaim.sources import Confidence

__all__ = [
    "KINDS",
    "NONE",
    "PAYER_COLUMNS",
    "SETTINGS",
    "PackProblem",
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


class UnknownPayerError(LookupError):
    """No payer of this id is shipped or was handed in."""


class UnknownSettingError(LookupError):
    """A setting that is not in the closed list `SETTINGS`."""


# --- payers ----------------------------------------------------------------------------------------------


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


@cache
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


def columns_on(payer_id: str | None, day: date | None, extra: Iterable[Payer] = ()) -> pl.DataFrame:
    """Every setting of one payer on one day: a row of `PAYER_COLUMNS`, as `resolve` gives them."""
    return _rows_for(payer_id, pl.Series([day], dtype=pl.Date), _by_id(extra))


def own_pairs(payers: Iterable[Payer]) -> pl.DataFrame:
    """The pairs that these payers edit themselves.

    Returns:
        `payer`, `column_1`, `column_2` (String), `bypass_allowed` (Boolean), `valid_from`, `valid_through` (Date,
        null: open), in the order of the payers and of their files.
    """
    return _rows_of(payers, "own_pairs", {"column_1": pl.String, "column_2": pl.String, "bypass_allowed": pl.Boolean})


def fees(payers: Iterable[Payer]) -> pl.DataFrame:
    """The fees by code, or by code and modifier, of these payers.

    Returns:
        `payer`, `code`, `modifier` (String; empty: with any other, or none), `amount` (Int64, cents for one unit),
        `valid_from`, `valid_through` (Date, null: open), in the order of the payers and of their files.
    """
    return _rows_of(payers, "fee_table", {"code": pl.String, "modifier": pl.String, "amount": pl.Int64})


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
    return load_pack(path) if ID_SHAPE.fullmatch(payer_id) and path.is_file() else None


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
        raise PayerFileError(PackProblem(str(folder), None, "", "is no folder", "a folder of payer files"))
    found: dict[str, Payer] = {}
    for file in sorted(folder.glob("*.toml")):
        payer = load_pack(file)
        if payer.id in found:
            said = f"id: {payer.id!r} is also the id of {found[payer.id].path}"
            raise PayerFileError(PackProblem(str(file), None, "", said, "one file"))
        found[payer.id] = payer
    return tuple(found.values())


def load_pack(path: Path | str) -> Payer:
    """Read one payer file; the same strictness holds for shipped files and for a clinic's own.

    Raises:
        PayerFileError: the file cannot be read, has an unknown key, lacks a needed one, or holds a value of the
            wrong shape; it names every problem by line, key and what was expected.
    """
    return _payer(read_contents(Path(path)), str(path))


def parse_pack(name: str, text: str) -> Payer:
    """Read the text of a payer file that is kept elsewhere, under a name for its problems; raises as `load_pack`."""
    return _payer(parse_contents(name, text), name)


def _payer(contents: PackContents, path: str) -> Payer:
    return Payer(
        id=contents.id,
        label=contents.label,
        kind=contents.kind,
        filing_indicator=contents.filing_indicator,
        filing_indicator_confidence=contents.filing_indicator_confidence,
        fictional=contents.fictional,
        settings=MappingProxyType(contents.settings),
        doubtful=MappingProxyType(contents.doubtful),
        path=path,
    )
