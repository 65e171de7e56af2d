"""Join a dated reference table to a frame: the row that holds on each line's own date.

A reference table has key columns and the Date columns `valid_from` and `valid_through`, both inclusive, null
for an open end. `attach` never invents a value: beside the columns it adds stands a status that says whether
the key was found, is not in the table, is there for other dates, is unknown, or lies past what was published.
It knows nothing about what the tables mean.
"""

from __future__ import annotations

import tomllib
import weakref
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, reduce
from importlib import resources

import numpy as np
import numpy.typing as npt
import polars as pl

from cleanclaim.dates import LookupStatus
from cleanclaim.sources import Source

FROM = "valid_from"
THROUGH = "valid_through"

# Below this height a Python dictionary answers sooner; above it, no row is touched by Python.
_SMALL_HEIGHT = 1_000

# A key's position and a day are packed in one sortable integer; the shift leaves room for any Date.
_DAY_BITS = 24
_DAY_OFFSET = 1 << 22
_LAST_DAY = _DAY_OFFSET - 1

_EPOCH = date(1970, 1, 1).toordinal()
_SEPARATOR = "\x1f"
_KEY = "__lookup_key"
_ID = "__lookup_id"

Integers = npt.NDArray[np.int64]


class LookupTableError(ValueError):
    """A table or a frame that cannot be looked up: a column is absent or of another type, or periods overlap."""


@dataclass(frozen=True, slots=True)
class Edition:
    """One published edition of a table that its owner replaces every quarter.

    Inside `confirmed_from` through `confirmed_through` the edition was in force. For any other date it is the
    nearest that was read, so an answer from it is unconfirmed, never certain.
    """

    name: str
    confirmed_from: date
    confirmed_through: date

    def confirms(self, day: date) -> bool:
        """Whether this edition was the one in force on that day."""
        return self.confirmed_from <= day <= self.confirmed_through


@dataclass(frozen=True, slots=True)
class TableRecord:
    """What is known about one committed table: whose it is, how far it reaches, and what it holds."""

    name: str
    label: str
    source: Source
    license: str
    grain: str
    """What one row stands for."""
    columns: tuple[str, ...]
    rows: int
    sha256: str
    covers_from: date | None
    covers_through: date | None
    """The days for which the table answers with confidence; None is open."""


def table_record(name: str) -> TableRecord:
    """The record of a committed table, such as "ncci/pairs": the TOML file beside its CSV.

    Raises:
        LookupTableError: The record lacks a key or has an unknown one.
        SourceError: Its source cannot be found again.
    """
    file = resources.files("cleanclaim.reference").joinpath("data", *f"{name}.toml".split("/"))
    entry = tomllib.loads(file.read_text("utf-8"))
    required = {"label", "source", "license", "grain", "columns", "rows", "sha256"}
    for key in sorted(set(entry) - required - {"covers_from", "covers_through"}):
        raise LookupTableError(f"{name}.toml: unknown key {key!r}; expected {', '.join(sorted(required))}")
    for key in sorted(required - set(entry)):
        raise LookupTableError(f"{name}.toml: lacks key {key!r}")
    return TableRecord(
        name=name,
        label=entry["label"],
        source=Source.from_table(entry["source"]),
        license=entry["license"],
        grain=entry["grain"],
        columns=tuple(entry["columns"]),
        rows=entry["rows"],
        sha256=entry["sha256"],
        covers_from=entry.get("covers_from"),
        covers_through=entry.get("covers_through"),
    )


def attach(  # noqa: PLR0913 - each names one thing of the frame, the table or the answer
    frame: pl.DataFrame,
    table: pl.DataFrame,
    *,
    by: Mapping[str, str],
    day: str,
    take: Mapping[str, str],
    status: str,
    known_through: date | None = None,
) -> pl.DataFrame:
    """Add columns of the table row that holds on the frame's date; order and height of the frame stay.

    Rows of one key may not overlap in time. The prepared index of a table is kept as long as the table lives,
    so a table is not to be changed in place. A small frame is answered from a dictionary, a large one by a binary
    search of all its rows at once.

    Args:
        frame: The rows to answer for.
        table: The reference table, with Date columns `valid_from` and `valid_through`.
        by: Frame column → table column, for each part of the key; empty for a table without a key.
        day: The frame's Date column.
        take: Table column → name of the new column; null wherever the status is not "found".
        status: Name of the new String column, with the values of `LookupStatus`. A null key or a null date is
            "unknown key"; a listed key without a row for that date is "outside dates".
        known_through: Last day that the table's owner has published; later dates are "past horizon".

    Raises:
        LookupTableError: A column is absent, has another type, or would be overwritten; the table has a null
            key or overlapping periods.
    """
    index = _index(table, tuple(by.values()))
    _check_frame(frame.schema, table, by=by, day=day, new=[*take.values(), status])
    for column in take:
        if column not in table.columns:
            raise LookupTableError(f"the table has no column {column!r} to take; it has {', '.join(table.columns)}")
    request = _Request(tuple(by), day, take, status, known_through)
    answered = _of_few if frame.height <= _SMALL_HEIGHT else _of_many
    status_of, rows = answered(frame, index, request)
    return frame.hstack([*(table.get_column(column)[rows].alias(name) for column, name in take.items()), status_of])


@dataclass(frozen=True, slots=True)
class _Request:
    """What one call of `attach` asks of the frame."""

    keys: tuple[str, ...]
    day: str
    take: Mapping[str, str]
    status: str
    known_through: date | None


def _of_few(frame: pl.DataFrame, index: _Index, request: _Request) -> tuple[pl.Series, pl.Series]:
    """The status and the table row of each row, from the dictionary."""
    periods = index.periods
    days = frame[request.day].to_list()
    parts = [_as_text(frame[column]).to_list() for column in request.keys]
    keys = zip(*parts, strict=True) if parts else [()] * frame.height
    statuses: list[str] = []
    rows: list[int | None] = []
    for key, on in zip(keys, days, strict=True):
        answer, row = _answer(periods, key, on, request.known_through)
        statuses.append(answer.value)
        rows.append(row)
    return pl.Series(request.status, statuses, dtype=pl.String), pl.Series(rows, dtype=pl.UInt32)


def _answer(
    periods: dict[tuple[str, ...], list[tuple[int, int, int]]],
    key: tuple[str | None, ...],
    on: date | None,
    known_through: date | None,
) -> tuple[LookupStatus, int | None]:
    """The status and the table row for one key and day."""
    if on is None or None in key:
        return LookupStatus.UNKNOWN_KEY, None
    if known_through is not None and on > known_through:
        return LookupStatus.PAST_HORIZON, None
    listed = periods.get(key)  # type: ignore[arg-type]  # a None in the key has returned above
    if listed is None:
        return LookupStatus.NOT_LISTED, None
    number = on.toordinal() - _EPOCH
    for start, end, row in listed:
        if start <= number <= end:
            return LookupStatus.FOUND, row
    return LookupStatus.OUTSIDE_DATES, None


def _of_many(frame: pl.DataFrame, index: _Index, request: _Request) -> tuple[pl.Series, pl.Series]:
    """The same by arrays: what a query would cost to begin is more than what they cost for a hundred thousand rows."""
    keys = [_as_text(frame.get_column(column)) for column in request.keys]
    on = frame.get_column(request.day).cast(pl.Date)
    days = on.to_physical().cast(pl.Int64).fill_null(0).to_numpy()
    identity = index.positions(keys, frame.height)
    row = index.search(identity, days)
    unknown = reduce(np.logical_or, [_absent(column) for column in (on, *keys)])
    through = request.known_through
    beyond = np.zeros(len(days), np.bool_) if through is None else days > through.toordinal() - _EPOCH
    # The first that holds.
    reasons = {
        LookupStatus.UNKNOWN_KEY: unknown,
        LookupStatus.PAST_HORIZON: beyond,
        LookupStatus.NOT_LISTED: identity < 0,
        LookupStatus.OUTSIDE_DATES: row < 0,
    }
    place = np.select(list(reasons.values()), list(range(len(reasons))), len(reasons))
    names = pl.Series(request.status, [*(reason.value for reason in reasons), LookupStatus.FOUND.value])
    rows = pl.Series(np.maximum(row, 0).astype(np.uint32)).set(pl.Series(place < len(reasons)), None)
    return names[pl.Series(place.astype(np.uint32))], rows


class _Index:
    """The periods of one table, by key: a dictionary for few rows, sorted integers for many."""

    def __init__(self, table: pl.DataFrame, key_columns: tuple[str, ...]) -> None:
        """Read and check the key and date columns."""
        for column in (*key_columns, FROM, THROUGH):
            if column not in table.columns:
                raise LookupTableError(f"the table has no column {column!r}; it has {', '.join(table.columns)}")
        for column in (FROM, THROUGH):
            if table.schema[column] not in (pl.Date, pl.Null):
                raise LookupTableError(f"table column {column!r} is {table.schema[column]}, expected Date")
        for column in key_columns:
            if table[column].null_count():
                row = table[column].is_null().arg_max()
                raise LookupTableError(f"table column {column!r} has no key in row {row}")
        parts = [_as_text(table[column]) for column in key_columns]
        joined = pl.select(pl.concat_str(parts, separator=_SEPARATOR)).to_series() if parts else _constant(table.height)
        days = table.select(
            pl.col(FROM).cast(pl.Date).to_physical().cast(pl.Int64).fill_null(-_DAY_OFFSET + 1).alias("start"),
            pl.col(THROUGH).cast(pl.Date).to_physical().cast(pl.Int64).fill_null(_LAST_DAY).alias("end"),
        )
        self._rows = (
            days.with_columns(joined.alias(_KEY))
            .with_row_index("row")
            .sort(_KEY, "start", maintain_order=True)
            .with_columns((pl.col(_KEY).rle_id()).cast(pl.Int64).alias(_ID))
        )
        self._check_periods()
        self._parts = tuple(part.to_list() for part in parts)

    def _check_periods(self) -> None:
        """Refuse periods that end before they begin, or that overlap within one key."""
        backward = self._rows.filter(pl.col("end") < pl.col("start"))
        if backward.height:
            raise LookupTableError(f"table row {backward['row'][0]} ends before it begins")
        clash = self._rows.filter((pl.col("start") <= pl.col("end").shift(1)) & (pl.col(_ID) == pl.col(_ID).shift(1)))
        if clash.height:
            key = clash[_KEY][0].replace(_SEPARATOR, " ")
            raise LookupTableError(f"periods of key {key!r} overlap; the later one is table row {clash['row'][0]}")

    @cached_property
    def periods(self) -> dict[tuple[str, ...], list[tuple[int, int, int]]]:
        """Key → its periods, each with first day, last day and table row."""
        found: dict[tuple[str, ...], list[tuple[int, int, int]]] = {}
        for start, end, row in self._rows.select("start", "end", "row").iter_rows():
            found.setdefault(tuple(part[row] for part in self._parts), []).append((start, end, row))
        return found

    @cached_property
    def _positions(self) -> pl.Enum:
        """Each distinct key, in key order: as numbers they are the positions."""
        return pl.Enum(self._rows.get_column(_KEY).unique(maintain_order=True))

    def positions(self, keys: list[pl.Series], height: int) -> Integers:
        """The position in key order of each row's key; −1 where it is not listed, or a part of it is null."""
        if not keys:
            return np.full(height, 0 if self._rows.height else -1)
        joined = keys[0] if len(keys) == 1 else pl.select(pl.concat_str(keys, separator=_SEPARATOR)).to_series()
        return joined.cast(self._positions, strict=False).to_physical().cast(pl.Int64).fill_null(-1).to_numpy()

    @cached_property
    def _sorted(self) -> tuple[Integers, Integers, Integers]:
        """Packed key and first day, last day and table row, in order."""
        packed = (self._rows[_ID].to_numpy() << _DAY_BITS) + (self._rows["start"].to_numpy() + _DAY_OFFSET)
        return packed, self._rows["end"].to_numpy(), self._rows["row"].cast(pl.Int64).to_numpy()

    def search(self, identity: Integers, day: Integers) -> Integers:
        """For the position of a key (−1: not listed) and a day, the table row that holds, or −1."""
        packed, ends, rows = self._sorted
        if not len(packed):
            return np.full(len(day), -1)
        place = np.searchsorted(packed, (identity << _DAY_BITS) + (day + _DAY_OFFSET), side="right") - 1
        inside = np.maximum(place, 0)
        held = (place >= 0) & (packed[inside] >> _DAY_BITS == identity) & (day <= ends[inside])
        return np.where(held, rows[inside], -1)


_INDEXES: dict[tuple[int, tuple[str, ...]], tuple[weakref.ref[pl.DataFrame], _Index]] = {}


def _index(table: pl.DataFrame, key_columns: tuple[str, ...]) -> _Index:
    """The index of a table, made once and dropped with the table."""
    place = (id(table), key_columns)
    kept = _INDEXES.get(place)
    # A number may be given to a new table after the old one is gone: the reference decides.
    if kept is not None and kept[0]() is table:
        return kept[1]
    index = _Index(table, key_columns)
    _INDEXES[place] = (weakref.ref(table, lambda _: _INDEXES.pop(place, None) and None), index)
    return index


def _constant(height: int) -> pl.Series:
    """The key of a table without a key."""
    return pl.Series(_KEY, [""] * height, dtype=pl.String)


def _as_text(column: pl.Series) -> pl.Series:
    """A key column as text, so that keys of several types combine."""
    return column.cast(pl.String)


def _absent(column: pl.Series) -> npt.NDArray[np.bool_]:
    """Where the column is null; asking one that has no null would begin a query for nothing."""
    return column.is_null().to_numpy() if column.null_count() else np.zeros(len(column), np.bool_)


def _kind(dtype: pl.DataType) -> str | None:
    """What a key column holds: text, whole numbers, or neither; None where every value is null."""
    if dtype == pl.Null:
        return None
    if dtype in (pl.String, pl.Categorical, pl.Enum):
        return "text"
    return "whole numbers" if dtype.is_integer() else str(dtype)


def _check_frame(schema: pl.Schema, table: pl.DataFrame, *, by: Mapping[str, str], day: str, new: list[str]) -> None:
    """Refuse a frame that lacks a column, has another type of key, or would lose a column."""
    for column in (*by, day):
        if column not in schema:
            raise LookupTableError(f"the frame has no column {column!r}; it has {', '.join(schema)}")
    if schema[day] not in (pl.Date, pl.Null):
        raise LookupTableError(f"frame column {day!r} is {schema[day]}, expected Date")
    for own, theirs in by.items():
        have, want = _kind(schema[own]), _kind(table.schema[theirs])
        if have is not None and want is not None and (have != want or have not in ("text", "whole numbers")):
            raise LookupTableError(f"frame column {own!r} holds {have}, table column {theirs!r} holds {want}")
    for name in new:
        if name in schema or new.count(name) > 1:
            raise LookupTableError(f"the new column {name!r} would overwrite a column of the frame")
