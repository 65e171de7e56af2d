"""Billed lines in a frame, one row a line, become rows of the tables, whole columns at a time.

For archives: what `cleanclaim.lines.from_flat` reads row by row, with the same names, the same meaning of an empty
cell and the same refusals, so that a claim is judged alike in a file of ten lines and in one of ten million. Each
distinct text of a column is read once, by the same reader.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

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
from cleanclaim.lines.schema import dtypes
from cleanclaim.lines.tables import Tables, shaped
from cleanclaim.reference import procedures

Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

_OWN_TYPES: Mapping[str, pl.DataType | type[pl.DataType]] = {
    "patient": pl.String,
    "diagnoses": pl.List(pl.String),
    "by": pl.String,
    "group_size": pl.Int64,
}
_UNSKILLED = ("aide", "student", "unattended")
_THERAPY_MODIFIERS = {"GP": "PT", "GO": "OT", "GN": "SLP"}

REFUSALS = {"row": pl.Int64, "field": pl.String, "expected": pl.String}
"""Columns of the table of refused cells."""


@dataclass(frozen=True, slots=True)
class Cells:
    """The known columns of a frame by the dictionary's names, typed, and the cells that could not be read.

    `refused` has the columns of `REFUSALS`, rows numbered from 0.
    """

    cells: pl.DataFrame
    refused: pl.DataFrame


@dataclass(frozen=True, slots=True)
class LaidLines:
    """The tables, the row of the frame behind each line and claim, and what was set aside.

    `rows[line_id]` is the row's number from 0, `first_rows[claim_id]` that of the claim's first line. `refused` has the
    columns of `REFUSALS`, rows from 0: a claim with a row in it is not in the tables.
    """

    tables: Tables
    rows: Numbers
    first_rows: Numbers
    refused: pl.DataFrame


def tables_of_lines(frame: pl.DataFrame, *, as_of: date, default_payer: str | None = None) -> LaidLines:
    """Lay out the frame's lines as tables, claims in the order of their first row.

    Args:
        frame: one row a billed line; columns by the names of `cleanclaim.lines.from_flat`, typed or as text;
            others are not read. `date`, `code` and `modifiers` must be there.
        as_of: the day on which the check is made.
        default_payer: payer file of rows that name none.
    """
    read = read_cells(frame)
    laid = lay_out(read.cells, read.refused.get_column("row").to_numpy(), as_of=as_of, default_payer=default_payer)
    return replace(laid, refused=pl.concat([read.refused, laid.refused]))


def lay_out(
    cells: pl.DataFrame,
    spoiled: Numbers,
    *,
    as_of: date,
    default_payer: str | None = None,
    apart: tuple[str, ...] = (),
) -> LaidLines:
    """Lay out read cells as tables; whole claims are set aside for a row that is spoiled.

    Args:
        cells: typed columns, as `read_cells` gives them.
        spoiled: numbers of rows with a cell that could not be read.
        as_of: the day on which the check is made.
        default_payer: payer file of rows that name none.
        apart: columns that tell claims of one number apart: archives of several clinics number them alike.
    """
    keys = _claim_keys(cells, apart)
    bad_claims = np.unique(keys[spoiled])
    kept = np.flatnonzero(~np.isin(keys, bad_claims)) if len(bad_claims) else np.arange(cells.height)
    if len(kept) < cells.height:
        cells = cells[kept]
    parts = _claims_and_days(keys[kept], cells)
    claims, conflicts = _said(cells, parts)
    if conflicts.height:
        bad = np.zeros(parts.count, np.bool_)
        bad[parts.owner[conflicts.get_column("row").to_numpy()]] = True
        stays = ~bad[parts.owner]
        conflicts = conflicts.with_columns(pl.Series("row", kept[conflicts.get_column("row").to_numpy()]))
        kept, cells = kept[stays], cells.filter(pl.Series(stays))
        parts = _Parts.of(parts.owner[stays])
        claims, _ = _said(cells, parts)
    order = np.argsort(parts.owner, kind="stable")
    if not np.array_equal(order, np.arange(len(order))):
        kept, cells, parts = kept[order], cells[order], _Parts.of(parts.owner[order])
    tables = _tables(cells, claims, parts, kept, as_of=as_of, default_payer=default_payer)
    return LaidLines(tables, kept, kept[parts.first], conflicts)


# --- cells -----------------------------------------------------------------------------------------------


def read_cells(frame: pl.DataFrame) -> Cells:
    """Read the frame's known columns into the types of the dictionary; each distinct text is read once.

    `knows_services` and `knows_diagnoses` say of every row whether its file has minutes and diagnoses at all, so that
    rows of several files can stand together.
    """
    columns: dict[str, pl.Series] = {}
    refused = [pl.DataFrame(schema=REFUSALS)]
    for column in frame.get_columns():
        name = plain_name(column.name)
        if is_known(name):
            target = column_of(name)
            columns[target], wrong = _column(name, target, column)
            refused.append(wrong)
    cells = pl.DataFrame(columns)
    without_day = np.flatnonzero(cells.get_column("date_of_service").is_null().to_numpy())
    told = set(pl.concat(refused).filter(pl.col("field").is_in(["date", "date_of_service"])).get_column("row"))
    rows = [row for row in without_day.tolist() if row not in told]
    refused.append(_refusals(rows, "date", "a day as YYYY-MM-DD; the cell is empty"))
    shares = [name for name in ("assistant_minutes", "together_minutes") if name in columns]
    if "minutes" in columns and shares:
        too_many = cells.select((pl.sum_horizontal(shares) > pl.col("minutes")).fill_null(value=False)).to_series()
        refused.append(
            _refusals(np.flatnonzero(too_many.to_numpy()).tolist(), "assistant_minutes", "at most the row's minutes")
        )
    witnessed = cells.with_columns(
        pl.lit("minutes" in columns).alias("knows_services"), pl.lit("diagnoses" in columns).alias("knows_diagnoses")
    )
    return Cells(witnessed, pl.concat(refused))


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
    refused = [
        _refusals(np.flatnonzero(place_of == place).tolist(), name, expected) for place, expected in wrong.items()
    ]
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


def _refusals(rows: list[int], field: str, expected: str) -> pl.DataFrame:
    return pl.DataFrame({"row": rows, "field": field, "expected": expected}, schema=REFUSALS)


_PLAIN_TEXT = frozenset(
    name for name, column in {**CLAIM_COLUMNS, **LINE_COLUMNS}.items() if column.dtype == pl.String and name != "code"
) | {"patient"}
"""Columns whose text is taken as it stands."""


# --- claims ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Parts:
    """Which rows belong together: the number of each row's owner, owners numbered by their first row."""

    owner: Numbers
    first: Numbers
    """By owner: its first row."""

    @property
    def count(self) -> int:
        """How many owners there are."""
        return len(self.first)

    def follows(self) -> Flags | None:
        """Of each row but the first, whether it is of the owner of the row before it; nothing where owners mix."""
        steps = np.diff(self.owner)
        found: Flags = steps == 0
        return found if len(steps) and steps.min() >= 0 else None

    @classmethod
    def of(cls, keys: Numbers) -> _Parts:
        """Number the keys anew, in the order of their first rows."""
        if not len(keys):
            return cls(keys, keys)
        runs = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]]))
        begun = keys[runs]
        # Keys that were numbered by their first row grow from run to run, unless one comes back.
        if (begun[1:] > begun[:-1]).all() or len(np.unique(begun)) == len(runs):
            owner = np.zeros(len(keys), np.int64)
            owner[runs[1:]] = 1
            return cls(np.cumsum(owner), runs)
        _, first, owner = np.unique(keys, return_index=True, return_inverse=True)
        rank = np.empty(len(first), np.int64)
        rank[np.argsort(first, kind="stable")] = np.arange(len(first))
        return cls(rank[owner], np.sort(first))


def _claim_keys(cells: pl.DataFrame, apart: tuple[str, ...]) -> Numbers:
    """A number shared by the rows of one claim: its number, else patient, day, payer and therapist, else the row."""
    height = cells.height
    by_number = np.full(height, -1)
    keys = np.arange(height)
    named = [name for name in ("patient", "date_of_service", "payer", "rendering_npi") if name in cells.columns]
    if "claim_key" in cells.columns:
        own = ["claim_key", *(name for name in apart if name in cells.columns)]
        key = cells.get_column("claim_key")
        if not key.null_count():
            return _numbered(cells.select(own))
        by_number = np.where(key.is_not_null().to_numpy(), _numbered(cells.select(own)), -1)
    if "patient" in cells.columns:
        has_patient = cells.get_column("patient").is_not_null().to_numpy()
        keys = np.where(has_patient, height + _numbered(cells.select(named)), keys)
    return np.where(by_number >= 0, 2 * height + by_number, keys)


def _numbered(cells: pl.DataFrame) -> Numbers:
    """A number for each distinct row; rows that follow each other in runs are not hashed one by one."""
    changed = np.zeros(cells.height, np.bool_)
    if cells.height:
        changed[0] = True
    for column in cells.get_columns():
        changed[1:] |= column[1:].ne_missing(column[:-1]).to_numpy()
    starts = np.flatnonzero(changed)
    runs = cells[starts]
    # Rows that differ in their first column differ.
    if (
        runs.to_series().n_unique() == runs.height
        or (distinct := runs.unique(maintain_order=True)).height == runs.height
    ):
        numbers = np.arange(runs.height)
    else:
        joined = runs.join(
            distinct.with_row_index("__number"), on=runs.columns, how="left", nulls_equal=True, maintain_order="left"
        )
        numbers = joined.get_column("__number").to_numpy().astype(np.int64)
    return np.repeat(numbers, np.diff(np.append(starts, cells.height)))


_DAYS = 10_000_000
"""More than the days that a calendar date can be away from another."""


def _claims_and_days(keys: Numbers, cells: pl.DataFrame) -> _Parts:
    """Rows of several days under one claim number are several claims."""
    days = cells.get_column("date_of_service").to_physical().to_numpy().astype(np.int64)
    return _Parts.of(keys * _DAYS + days)


def _said(cells: pl.DataFrame, parts: _Parts) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What each claim's rows say of it, the first that says it; and the rows that say otherwise."""
    said: list[pl.Series] = []
    conflicts = [pl.DataFrame(schema=REFUSALS)]
    follows = parts.follows()
    for name in (*CLAIM_COLUMNS, "diagnoses", "patient"):
        if name not in cells.columns:
            continue
        column = cells.get_column(name)
        value = column.gather(parts.first)
        if follows is not None and _repeats(column, follows):
            said.append(value)
            continue
        if value.null_count() > 0 and column.null_count() < len(column):
            known = np.flatnonzero(column.is_not_null().to_numpy())
            owners, first = np.unique(parts.owner[known], return_index=True)
            place = np.full(parts.count, -1)
            place[owners] = known[first]
            value = column.gather(pl.Series(place).replace(-1, None))
        said.append(value)
        plain, expected = _plain(column), _plain(value).gather(parts.owner)
        other = np.flatnonzero((plain != expected).fill_null(value=False).to_numpy())
        conflicts.append(_refusals(other.tolist(), name, "the same in every row of a claim and day"))
    if len(conflicts) == 1:
        return pl.DataFrame(said), conflicts[0]
    found = pl.concat(conflicts)
    # One refusal a claim is enough: its first row that differs.
    return pl.DataFrame(said), found.sort("row", maintain_order=True).unique("row", keep="first", maintain_order=True)


def _repeats(column: pl.Series, follows: Flags) -> bool:
    """Whether every row that follows one of its claim says the same as that one, or no row says anything."""
    if column.null_count() == len(column):
        return True
    if isinstance(column.dtype, pl.List):
        return _lists_repeat(column, follows)
    return not (column[1:].ne_missing(column[:-1]).to_numpy() & follows).any()


def _lists_repeat(lists: pl.Series, follows: Flags) -> bool:
    """The same for lists: by their lengths, then by their elements, each against that of the row before."""
    lengths = lists.list.len().cast(pl.Int64).fill_null(-1).to_numpy()
    if (lengths[1:] != lengths[:-1])[follows].any():
        return False
    counts = np.maximum(lengths, 0)
    elements = lists.explode(empty_as_null=False, keep_nulls=False)
    compared = np.repeat(np.concatenate([[False], follows]), counts)
    place = np.flatnonzero(compared)
    before = elements[place - np.repeat(counts, counts)[place]]
    return not elements[place].ne_missing(before).any()


def _plain(column: pl.Series) -> pl.Series:
    return column.list.join(" ") if column.dtype == pl.List(pl.String) else column


# --- tables ----------------------------------------------------------------------------------------------


def _tables(
    cells: pl.DataFrame,
    said: pl.DataFrame,
    parts: _Parts,
    kept: Numbers,
    *,
    as_of: date,
    default_payer: str | None,
) -> Tables:
    knows = {name: _of_all(cells.get_column(name), parts) for name in ("knows_services", "knows_diagnoses")}
    knows_services = knows["knows_services"]
    stated = shaped(said, "claims")
    set_here = stated.select(
        pl.lit(pl.int_range(parts.count, eager=True)).alias("claim_id"),
        pl.lit(_patients(said)).alias("patient_id"),
        pl.lit(_named(stated.get_column("claim_key"), kept[parts.first])),
        pl.lit(value=False).alias("is_history"),
        pl.lit(as_of).alias("as_of"),
        pl.col("payer").fill_null(pl.lit(default_payer, pl.String)),
        pl.col("coverage_order").fill_null("primary"),
        pl.col("has_coverage").fill_null(pl.when(pl.col("payer").is_not_null()).then(pl.lit(value=True))),
        pl.col("discipline").fill_null(pl.lit(_disciplines(cells, parts))),
        *(pl.lit(pl.Series(flags)).alias(name) for name, flags in knows.items()),
        pl.col("lists_services").fill_null(pl.when(pl.lit(pl.Series(knows_services))).then(pl.lit(value=True))),
        pl.lit(value=False).alias("knows_history"),
        pl.col("unit_preference").fill_null([]),
    )
    told = np.flatnonzero(knows_services[parts.owner])
    done = _services(cells[told], parts.owner[told]) if len(told) else pl.DataFrame(schema=dtypes("services"))
    return Tables(
        claims=stated.with_columns(set_here.get_columns()),
        lines=_lines(cells, parts),
        services=done,
        diagnoses=_diagnoses(said),
    )


def _named(keys: pl.Series, first_rows: Numbers) -> pl.Series:
    """The claims' numbers; a claim without one is named by its first row."""
    if not keys.null_count():
        return keys
    rows = pl.DataFrame([keys, pl.Series("row", first_rows + 1)])
    return rows.select(pl.col(keys.name).fill_null(pl.format("row {}", "row"))).to_series()


def _patients(said: pl.DataFrame) -> pl.Series:
    """A number for each patient; a claim that names none is a patient of its own."""
    own = np.arange(said.height)
    if "patient" not in said.columns:
        return pl.Series(own)
    named = said.get_column("patient").is_not_null().to_numpy()
    return pl.Series(_Parts.of(np.where(named, said.height + _numbered(said.select("patient")), own)).owner)


def _disciplines(cells: pl.DataFrame, parts: _Parts) -> pl.Series:
    """The discipline that a claim's therapy modifiers agree on."""
    modifiers = cells.get_column("modifiers")
    owner = np.repeat(parts.owner, modifiers.list.len().fill_null(0).to_numpy())
    each = modifiers.explode(empty_as_null=False, keep_nulls=False)
    said: dict[str, Flags] = {}
    for modifier, discipline in _THERAPY_MODIFIERS.items():
        said[discipline] = np.zeros(parts.count, np.bool_)
        said[discipline][owner[(each == modifier).fill_null(value=False).to_numpy()]] = True
    agree = np.sum(list(said.values()), axis=0) == 1
    place = np.zeros(parts.count, np.int64)
    for number, flags in enumerate(said.values(), start=1):
        place[flags & agree] = number
    return pl.Series([None, *said], dtype=pl.String).gather(place)


def _lines(cells: pl.DataFrame, parts: _Parts) -> pl.DataFrame:
    day = pl.col("date_of_service")
    own = cells.with_columns(
        pl.int_range(pl.len()).alias("line_id"),
        pl.Series("claim_id", parts.owner),
        pl.Series("line_number", np.arange(len(parts.owner)) - parts.first[parts.owner] + 1),
        (pl.col("line_date").fill_null(day) if "line_date" in cells.columns else day).alias("line_date"),
        pl.lit("named").alias("code_origin"),
    )
    return shaped(own, "lines")


def _diagnoses(said: pl.DataFrame) -> pl.DataFrame:
    types = dtypes("diagnoses")
    if "diagnoses" not in said.columns:
        return pl.DataFrame(schema=types)
    listed = said.select(pl.int_range(pl.len()).alias("claim_id"), pl.col("diagnoses").alias("diagnosis"))
    listed = listed.filter(pl.col("diagnosis").list.len() > 0)
    counts = listed.get_column("diagnosis").list.len().to_numpy().astype(np.int64)
    starts = np.cumsum(counts) - counts
    positions = np.arange(int(counts.sum())) - np.repeat(starts, counts) + 1
    rows = listed.explode("diagnosis").with_columns(
        pl.int_range(pl.len()).alias("diagnosis_id"), pl.lit(pl.Series(positions)).alias("position")
    )
    return rows.select(pl.col(name).cast(dtype) for name, dtype in types.items())


def _of_all(flags: pl.Series, parts: _Parts) -> Flags:
    """Whether it holds for all rows of each claim."""
    lacking = parts.owner[~flags.to_numpy()]
    found = np.ones(parts.count, np.bool_)
    found[lacking] = False
    return found


def _services(cells: pl.DataFrame, owner: Numbers) -> pl.DataFrame:
    """What each row's minutes say was done; by whom, as far as the row tells."""
    whole = pl.col("minutes")
    names = cells.columns
    by = pl.col("by") if "by" in names else pl.lit(None, pl.String)
    assistant = pl.col("assistant_minutes") if "assistant_minutes" in names else pl.lit(None, pl.Int64)
    together = (pl.col("together_minutes") if "together_minutes" in names else pl.lit(0)).fill_null(0)
    group = pl.col("group_size") if "group_size" in names else pl.lit(None, pl.Int64)
    codes = cells.get_column("code").unique().drop_nulls().to_list()
    grouped = [code for code in codes if (known := procedures.get(code)) is not None and known.is_group]
    own = whole - assistant - together
    nothing_shared = (assistant == 0) & (together == 0)
    shares = pl.concat_list(
        pl.struct(pl.lit(who).alias("by"), share.cast(pl.Int64).alias("service_minutes"), shown.alias("shown"))
        for who, share, shown in (
            ("PT", own, (own != 0) | nothing_shared),
            ("PTA", assistant, assistant != 0),
            ("together", together, together != 0),
        )
    )
    told = by.is_not_null() | assistant.is_null() | whole.is_null()
    unparted = pl.concat_list(
        pl.struct(by.alias("by"), whole.alias("service_minutes"), pl.lit(value=True).alias("shown"))
    )
    done = cells.select(
        pl.lit(pl.Series(owner)).alias("claim_id"),
        pl.col("code").alias("service_code"),
        group.fill_null(pl.when(pl.col("code").is_in(grouped)).then(2).otherwise(1)).alias("group_size"),
        (by.is_null() | by.is_in(_UNSKILLED).not_()).alias("is_billable"),
        pl.when(told).then(unparted).otherwise(shares).alias("share"),
    )
    rows = done.explode("share").unnest("share").filter("shown")
    owners = rows.get_column("claim_id").to_numpy()
    rows = rows.with_columns(
        pl.int_range(pl.len()).alias("service_id"),
        pl.lit(pl.Series(np.arange(len(owners)) - np.searchsorted(owners, owners) + 1)).alias("service_number"),
    )
    return shaped(rows, "services")
