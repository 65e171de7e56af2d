"""Billed lines in a frame, one row a line, become rows of the tables, whole columns at a time.

For archives: what `cleanclaim.lines.from_flat` reads row by row, with the same names, the same meaning of an empty
cell and the same refusals, so that a claim is judged alike in a file of ten lines and in one of ten million. Each
distinct text of a column is read once, by the same reader.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import polars as pl

from cleanclaim.lines.cells import OF_CLAIM, REFUSALS, Cells, Flags, Numbers, Runs, differs_from_before, read_cells
from cleanclaim.lines.schema import dtypes
from cleanclaim.lines.tables import Tables, shaped
from cleanclaim.reference import procedures

_UNSKILLED = ("aide", "student", "unattended")
_THERAPY_MODIFIERS = {"GP": "PT", "GO": "OT", "GN": "SLP"}


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
    laid = lay_out(read, read.refused.get_column("row").to_numpy(), as_of=as_of, default_payer=default_payer)
    return replace(laid, refused=pl.concat([read.refused, laid.refused]))


def lay_out(
    cells: Cells,
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
    runs = cells.runs
    keys = _claim_keys(cells.heads, apart)
    kept = np.flatnonzero(~np.isin(keys, keys[runs.holding(spoiled)])) if len(spoiled) else np.arange(len(keys))
    heads = _taken(cells.heads, kept)
    parts = _claims_and_days(keys[kept], heads)
    claims, conflicts = _said(heads, parts)
    refused = pl.DataFrame(schema=REFUSALS)
    if conflicts.height:
        rows = conflicts.get_column("row").to_numpy()
        refused = runs.refused(conflicts.with_columns(pl.Series("row", kept[rows])))
        stays = ~np.isin(parts.owner, parts.owner[rows])
        kept, parts = kept[stays], _Parts.of(parts.owner[stays])
        heads = _taken(cells.heads, kept)
        claims, _ = _said(heads, parts)
    order = np.argsort(parts.owner, kind="stable")
    if not np.array_equal(order, np.arange(len(order))):
        kept, parts = kept[order], _Parts.of(parts.owner[order])
        heads = _taken(cells.heads, kept)
    rows = runs.rows(kept)
    laid = _Laid(heads, _taken(cells.rows, rows), parts, Runs(runs.counts[kept]), rows)
    tables = _tables(laid, claims, as_of=as_of, default_payer=default_payer)
    return LaidLines(tables, rows, rows[laid.first], refused)


def _taken(frame: pl.DataFrame, rows: Numbers) -> pl.DataFrame:
    """These rows of a frame; itself where they are all of them, in order."""
    return frame if np.array_equal(rows, np.arange(frame.height)) else frame[rows]


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


def _claim_keys(heads: pl.DataFrame, apart: tuple[str, ...]) -> Numbers:
    """A number shared by the rows of one claim: its number, else patient, day, payer and therapist, else the row."""
    height = heads.height
    by_number = np.full(height, -1)
    keys = np.arange(height)
    named = [name for name in ("patient", "date_of_service", "payer", "rendering_npi") if name in heads.columns]
    if "claim_key" in heads.columns:
        own = ["claim_key", *(name for name in apart if name in heads.columns)]
        key = heads.get_column("claim_key")
        if not key.null_count():
            return _numbered(heads.select(own))
        by_number = np.where(key.is_not_null().to_numpy(), _numbered(heads.select(own)), -1)
    if "patient" in heads.columns:
        has_patient = heads.get_column("patient").is_not_null().to_numpy()
        keys = np.where(has_patient, height + _numbered(heads.select(named)), keys)
    return np.where(by_number >= 0, 2 * height + by_number, keys)


def _numbered(heads: pl.DataFrame) -> Numbers:
    """A number for each distinct row; rows that follow each other in runs are not hashed one by one."""
    alike = Runs.of(heads.get_columns(), heads.height)
    runs = _taken(heads, alike.starts)
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
    return np.repeat(numbers, alike.counts)


_DAYS = 10_000_000
"""More than the days that a calendar date can be away from another."""


def _claims_and_days(keys: Numbers, heads: pl.DataFrame) -> _Parts:
    """Rows of several days under one claim number are several claims."""
    days = heads.get_column("date_of_service").to_physical().to_numpy().astype(np.int64)
    return _Parts.of(keys * _DAYS + days)


def _said(heads: pl.DataFrame, parts: _Parts) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What each claim's heads say of it, the first that says it; and the heads that say otherwise."""
    if parts.count == heads.height:
        return heads.select(name for name in OF_CLAIM if name in heads.columns), pl.DataFrame(schema=REFUSALS)
    said: list[pl.Series] = []
    conflicts = [pl.DataFrame(schema=REFUSALS)]
    follows = parts.follows()
    for name in OF_CLAIM:
        if name not in heads.columns:
            continue
        column = heads.get_column(name)
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
        other = (plain != expected).fill_null(value=False).arg_true().cast(pl.Int64)
        conflicts.append(
            pl.DataFrame(
                {"row": other, "field": name, "expected": "the same in every row of a claim and day"}, schema=REFUSALS
            )
        )
    if len(conflicts) == 1:
        return pl.DataFrame(said), conflicts[0]
    found = pl.concat(conflicts)
    # One refusal a row is enough.
    return pl.DataFrame(said), found.sort("row", maintain_order=True).unique("row", keep="first", maintain_order=True)


def _repeats(column: pl.Series, follows: Flags) -> bool:
    """Whether every head that follows one of its claim says the same as that one, or none says anything."""
    if column.null_count() == len(column):
        return True
    return not (differs_from_before(column) & follows).any()


def _plain(column: pl.Series) -> pl.Series:
    return column.list.join(" ") if column.dtype == pl.List(pl.String) else column


# --- tables ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Laid:
    """Heads and rows in the order of their claims: rows lie below their heads, heads of a claim beside each other."""

    heads: pl.DataFrame
    lines: pl.DataFrame
    parts: _Parts
    """Whose each head is."""
    runs: Runs
    """Rows by head."""
    rows: Numbers
    """Where each row stood."""

    @property
    def owner(self) -> Numbers:
        """The claim of each row."""
        return np.repeat(self.parts.owner, self.runs.counts)

    @property
    def first(self) -> Numbers:
        """The first row of each claim."""
        return self.runs.starts[self.parts.first]


def _tables(laid: _Laid, said: pl.DataFrame, *, as_of: date, default_payer: str | None) -> Tables:
    parts, owner = laid.parts, laid.owner
    knows = {name: _of_all(laid.heads.get_column(name), parts) for name in ("knows_services", "knows_diagnoses")}
    knows_services = knows["knows_services"]
    stated = shaped(said, "claims")
    set_here = stated.select(
        pl.lit(pl.int_range(parts.count, eager=True)).alias("claim_id"),
        pl.lit(_patients(said)).alias("patient_id"),
        pl.lit(_named(stated.get_column("claim_key"), laid.rows[laid.first])),
        pl.lit(value=False).alias("is_history"),
        pl.lit(as_of).alias("as_of"),
        pl.col("payer").fill_null(pl.lit(default_payer, pl.String)),
        pl.col("coverage_order").fill_null("primary"),
        pl.col("has_coverage").fill_null(pl.when(pl.col("payer").is_not_null()).then(pl.lit(value=True))),
        pl.col("discipline").fill_null(pl.lit(_disciplines(laid.lines.get_column("modifiers"), owner, parts.count))),
        *(pl.lit(pl.Series(flags)).alias(name) for name, flags in knows.items()),
        pl.col("lists_services").fill_null(pl.when(pl.lit(pl.Series(knows_services))).then(pl.lit(value=True))),
        pl.lit(value=False).alias("knows_history"),
        pl.col("unit_preference").fill_null([]),
    )
    told = np.flatnonzero(knows_services[owner])
    done = _services(laid.lines[told], owner[told]) if len(told) else pl.DataFrame(schema=dtypes("services"))
    return Tables(
        claims=stated.with_columns(set_here.get_columns()),
        lines=_lines(laid, owner),
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


def _disciplines(modifiers: pl.Series, owner: Numbers, claims: int) -> pl.Series:
    """The discipline that a claim's therapy modifiers agree on."""
    each_owner = np.repeat(owner, modifiers.list.len().fill_null(0).to_numpy())
    each = modifiers.explode(empty_as_null=False, keep_nulls=False)
    said: dict[str, Flags] = {}
    for modifier, discipline in _THERAPY_MODIFIERS.items():
        said[discipline] = np.zeros(claims, np.bool_)
        said[discipline][each_owner[(each == modifier).fill_null(value=False).to_numpy()]] = True
    agree = np.sum(list(said.values()), axis=0) == 1
    place = np.zeros(claims, np.int64)
    for number, flags in enumerate(said.values(), start=1):
        place[flags & agree] = number
    return pl.Series([None, *said], dtype=pl.String).gather(place)


def _lines(laid: _Laid, owner: Numbers) -> pl.DataFrame:
    day = laid.heads.get_column("date_of_service").gather(np.repeat(np.arange(laid.heads.height), laid.runs.counts))
    stated = laid.lines.get_column("line_date") if "line_date" in laid.lines.columns else None
    own = laid.lines.with_columns(
        pl.int_range(pl.len()).alias("line_id"),
        pl.Series("claim_id", owner),
        pl.Series("line_number", np.arange(len(owner)) - laid.first[owner] + 1),
        (day if stated is None else stated.fill_null(day)).alias("line_date"),
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
    """Whether it holds for all heads of each claim."""
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
