"""The cells of billed lines in a frame, one row a line, read into the types of the dictionary.

What a line's row says of its claim stands in every row of that claim. Rows that follow each other and say the same of
it are one run: what they say is read, kept and compared once, as the head of the run. Each distinct text of a column is
read once, by the reader that files of a few lines have too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from cleanclaim.lines.flat_cells import CellError, read_cell
from cleanclaim.lines.flat_columns import (
    CLAIM_COLUMNS,
    DOLLARS,
    EMPTY_IS_ABSENT,
    LINE_COLUMNS,
    column_of,
    is_known,
    plain_name,
)
from cleanclaim.lines.flat_files import cell_text

Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

_OWN_TYPES: Mapping[str, pl.DataType | type[pl.DataType]] = {
    "patient": pl.String,
    "diagnoses": pl.List(pl.String),
    "by": pl.String,
    "group_size": pl.Int64,
}

OF_CLAIM = (*CLAIM_COLUMNS, "diagnoses", "patient")
"""Columns by which a line's row speaks of its claim."""

REFUSALS = {"row": pl.Int64, "field": pl.String, "expected": pl.String}
"""Columns of the table of refused cells."""

ROWS_OF_HEAD = "head_rows"
"""Column of heads: how many rows the run has."""


@dataclass(frozen=True, slots=True)
class Cells:
    """The known columns of a frame by the dictionary's names, typed, and the cells that could not be read.

    `heads` has a row for each run of rows that say the same of their claim, in order: the columns of `OF_CLAIM` that
    the frame has, `knows_services`, `knows_diagnoses` and `ROWS_OF_HEAD`. A row that names neither claim nor patient
    has a head of its own. `rows` has the other columns, a row for each of the frame. `refused` has the columns of
    `REFUSALS`, rows numbered from 0.
    """

    heads: pl.DataFrame
    rows: pl.DataFrame
    refused: pl.DataFrame

    @property
    def height(self) -> int:
        """How many lines there are."""
        return self.rows.height

    @property
    def runs(self) -> Runs:
        """Which rows each head speaks for."""
        return Runs(self.heads.get_column(ROWS_OF_HEAD).to_numpy())


@dataclass(frozen=True, slots=True)
class Runs:
    """Rows that lie run by run, by how many rows each run has."""

    counts: Numbers

    @classmethod
    def of(cls, columns: Iterable[pl.Series], height: int) -> Runs:
        """Rows that follow each other and say the same in all of these columns."""
        begins = np.zeros(height, np.bool_)
        begins[:1] = True
        for column in columns:
            begins[1:] |= differs_from_before(column)
        return cls(np.diff(np.append(np.flatnonzero(begins), height)))

    @property
    def starts(self) -> Numbers:
        """The first row of each run."""
        return np.cumsum(self.counts) - self.counts

    def firsts(self, column: pl.Series) -> pl.Series:
        """The cells of each run's first row. A column in chunks, as files are read, is sifted sooner than gathered."""
        is_first = np.zeros(len(column), np.bool_)
        is_first[self.starts] = True
        return column.filter(pl.Series(is_first))

    def holding(self, rows: Numbers) -> Numbers:
        """The run in which each of these rows lies."""
        return np.searchsorted(self.starts, rows, side="right") - 1

    def rows(self, runs: Numbers) -> Numbers:
        """The rows of these runs, run by run."""
        counts = self.counts[runs]
        within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        found: Numbers = np.repeat(self.starts[runs], counts) + within
        return found

    def refused(self, told: pl.DataFrame) -> pl.DataFrame:
        """What is told of runs, by the columns of `REFUSALS`, told of each of their rows."""
        runs = told.get_column("row").to_numpy()
        each = told[np.repeat(np.arange(len(runs)), self.counts[runs])]
        return each.with_columns(pl.Series("row", self.rows(runs), pl.Int64))


def read_cells(frame: pl.DataFrame) -> Cells:
    """Read the frame's known columns into the types of the dictionary; each distinct text is read once.

    `knows_services` and `knows_diagnoses` say of every head whether its file has minutes and diagnoses at all, so that
    heads of several files can stand together.
    """
    known = [(plain_name(column.name), column) for column in frame.get_columns() if is_known(plain_name(column.name))]
    said = [(name, column) for name, column in known if column_of(name) in OF_CLAIM]
    runs = Runs.of([column for _, column in said], frame.height)
    heads, refused_heads = _read((name, runs.firsts(column)) for name, column in said)
    without_day = np.flatnonzero(heads.get_column("date_of_service").is_null().to_numpy())
    told = refused_heads.filter(pl.col("field").is_in(["date", "date_of_service"])).get_column("row")
    undated = _refusals(without_day[~np.isin(without_day, told)], "date", "a day as YYYY-MM-DD; the cell is empty")
    rows, refused = _read((name, column.rechunk()) for name, column in known if column_of(name) not in OF_CLAIM)
    witnessed = heads.with_columns(
        pl.lit("minutes" in rows.columns).alias("knows_services"),
        pl.lit("diagnoses" in heads.columns).alias("knows_diagnoses"),
        pl.Series(ROWS_OF_HEAD, runs.counts, pl.Int64),
    )
    everything = [runs.refused(pl.concat([refused_heads, undated])), refused, _too_many(rows)]
    return Cells(_alone(witnessed), rows, pl.concat(everything))


def _read(columns: Iterable[tuple[str, pl.Series]]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Columns by the dictionary's names, and their cells that cannot be read."""
    read: dict[str, pl.Series] = {}
    refused = [pl.DataFrame(schema=REFUSALS)]
    for name, column in columns:
        target = column_of(name)
        read[target], wrong = _column_by_runs(name, target, column)
        refused.append(wrong)
    return pl.DataFrame(read), pl.concat(refused)


def _too_many(rows: pl.DataFrame) -> pl.DataFrame:
    """Refusals of rows whose parts have more minutes than the row."""
    shares = [name for name in ("assistant_minutes", "together_minutes") if name in rows.columns]
    if not shares or "minutes" not in rows.columns:
        return pl.DataFrame(schema=REFUSALS)
    is_more = rows.select((pl.sum_horizontal(shares) > pl.col("minutes")).fill_null(value=False)).to_series()
    return _refusals(np.flatnonzero(is_more.to_numpy()), "assistant_minutes", "at most the row's minutes")


def differs_from_before(column: pl.Series) -> Flags:
    """Of each row but the first, whether it says something else than the row before it."""
    if not isinstance(column.dtype, pl.List):
        return column[1:].ne_missing(column[:-1]).to_numpy()
    lengths = column.list.len().cast(pl.Int64).fill_null(-1).to_numpy()
    differs: Flags = lengths[1:] != lengths[:-1]
    # Elements are compared only where as many stood before: each against the one that many places before it.
    counts = np.maximum(lengths, 0)
    elements = column.explode(empty_as_null=False, keep_nulls=False)
    of_row = np.repeat(np.arange(len(counts)), counts)
    place = np.flatnonzero(np.repeat(np.concatenate([[False], ~differs]), counts))
    other = elements[place].ne_missing(elements[place - counts[of_row[place]]]).to_numpy()
    differs[of_row[place[other]] - 1] = True
    return differs


def _alone(heads: pl.DataFrame) -> pl.DataFrame:
    """Each row that names neither claim nor patient under a head of its own: it is no claim with those beside it."""
    owned = np.zeros(heads.height, np.bool_)
    for name in ("claim_key", "patient"):
        if name in heads.columns:
            owned |= heads.get_column(name).is_not_null().to_numpy()
    if owned.all():
        return heads
    counts = heads.get_column(ROWS_OF_HEAD).to_numpy()
    of_head = np.repeat(np.arange(len(counts)), np.where(owned, 1, counts))
    return heads[of_head].with_columns(pl.Series(ROWS_OF_HEAD, np.where(owned, counts, 1)[of_head], pl.Int64))


def _column_by_runs(name: str, target: str, column: pl.Series) -> tuple[pl.Series, pl.DataFrame]:
    """The column as `_column` reads it; a text that stands in many rows below each other is read once for them all."""
    if column.dtype == pl.String:
        runs = Runs.of([column], len(column))
        if len(runs.counts) < len(column) // 2:
            read, refused = _column(name, target, runs.firsts(column))
            return read.gather(np.repeat(np.arange(len(runs.counts)), runs.counts)), runs.refused(refused)
    return _column(name, target, column)


def _column(name: str, target: str, column: pl.Series) -> tuple[pl.Series, pl.DataFrame]:
    """The column with its dictionary's type, and the cells that cannot be read; each distinct text is read once."""
    dtype = _OWN_TYPES.get(name) or (CLAIM_COLUMNS.get(target) or LINE_COLUMNS[target]).dtype
    if column.dtype == dtype and not isinstance(dtype, pl.List) and dtype != pl.String and name not in DOLLARS:
        return column.alias(target), pl.DataFrame(schema=REFUSALS)
    if column.dtype == dtype == pl.String and target in _PLAIN_TEXT:
        text = column.str.strip_chars()
        empty = "" if target in EMPTY_IS_ABSENT else None
        kept = text.fill_null("") if empty == "" else text.replace("", None)
        return kept.alias(target), pl.DataFrame(schema=REFUSALS)
    distinct, place_of = _told_apart(column)
    values: list[object] = []
    wrong: dict[int, str] = {}
    for place, value in enumerate(distinct.to_list()):
        try:
            values.append(read_cell(name, cell_text(value)))
        except CellError as error:
            values.append(None)
            wrong[place] = str(error)
    read = pl.Series(target, values, dtype=dtype).gather(place_of)
    refused = [_refusals(np.flatnonzero(place_of == place), name, expected) for place, expected in wrong.items()]
    return read, pl.concat([pl.DataFrame(schema=REFUSALS), *refused])


def _told_apart(column: pl.Series) -> tuple[pl.Series, Numbers]:
    """The column's distinct values, and where each cell's stands among them."""
    if column.dtype == pl.String and len(column):
        # Categories of its own: those that all columns share are kept as long as the process lives.
        numbers = column.cast(pl.Categorical(pl.Categories.random())).to_physical().cast(pl.Int64)
        place = numbers.fill_null(-1).to_numpy() + bool(column.null_count())
        row_of = np.zeros(int(place.max()) + 1, np.int64)
        row_of[place] = np.arange(len(place))
        return column.gather(row_of), place
    distinct = column.unique(maintain_order=True)
    known = pl.DataFrame({"value": distinct, "place": np.arange(len(distinct))})
    wanted = pl.DataFrame({"value": column})
    joined = wanted.join(known, on="value", how="left", nulls_equal=True, maintain_order="left")
    return distinct, joined.get_column("place").to_numpy()


def _refusals(rows: Numbers, field: str, expected: str) -> pl.DataFrame:
    return pl.DataFrame({"row": rows, "field": field, "expected": expected}, schema=REFUSALS)


_PLAIN_TEXT = frozenset(
    name for name, column in {**CLAIM_COLUMNS, **LINE_COLUMNS}.items() if column.dtype == pl.String and name != "code"
) | {"patient"}
"""Columns whose text is taken as it stands."""
