"""Procedure-to-procedure edits: CMS's own layout, by part, and an extract without first days.

CMS prints seven columns: column 1, column 2, a star for edits from before 1996, first day, last day (a star: none),
modifier indicator, reason. Their headings wrap over several rows. A table of 2.5 million rows is read by columns,
and row numbers are worked out only for an error.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import date

import polars as pl

from cleanclaim.reference.published.dating import last_of_quarter
from cleanclaim.reference.published.kinds import Kind
from cleanclaim.reference.published.layout import PROCEDURE_CODE, Row, is_workbook, rows, squeezed
from cleanclaim.reference.published.opening import Part, PublishedFileError
from cleanclaim.reference.published.table import Asked, Table, first_day_of, names_of, plain, reasons

FIRST_DAY = date(1996, 1, 1)
"""The pair edits began; an edit marked as older than this began with them."""

VOID = 9
"""Modifier indicator of an edit that ended on the day it began."""

SCHEMA = pl.Schema(
    {
        "column_1": pl.String(),
        "column_2": pl.String(),
        "begins_on": pl.Date(),
        "ended_on": pl.Date(),
        "modifier_indicator": pl.Int64(),
        "reason": pl.String(),
    }
)
"""Columns of a kept edition, sorted by both codes and last day. `begins_on` null: not published in this layout."""
_ORDER = ("column_1", "column_2", "ended_on")

_CMS = ("column_1", "column_2", "before_1996", "begins", "ends", "indicator", "rationale")
_CMS_HEADINGS = ("column 1", "column 2", "1996", "effective", "deletion", "modifier", "rationale")
_EXTRACT = {
    "column_1": "column_1",
    "column_2": "column_2",
    "column1": "column_1",
    "column2": "column_2",
    "deletion_date": "ends",
    "deletion": "ends",
    "modifier_indicator": "indicator",
    "rationale": "rationale",
}
_EXTRACT_COLUMNS = frozenset({"column_1", "column_2", "ends", "indicator", "rationale"})
_VERSION = re.compile(r"v(\d\d)(\d)(?:r\d)?", re.IGNORECASE)
_PART = re.compile(r"[-_]f(\d+)\b", re.IGNORECASE)
# Every first character that a column 1 code of a whole edition has; a part alone lacks most of them.
_LEADING = frozenset("0123456789G")


def recognize(part: Part, head: Sequence[Row]) -> Kind | None:
    """Whether the part holds pair edits; outpatient ones are told by the name (ccioph, outpatient, hospital)."""
    if _first_data(head) is None and _extract_header(head) is None:
        return None
    names = " ".join(names_of(part)).lower()
    outpatient = any(word in names for word in ("ccioph", "outpatient", "hospital"))
    return Kind.PTP_OUTPATIENT if outpatient else Kind.PTP_PRACTITIONER


def read(part: Part, head: Sequence[Row], asked: Asked, kind: Kind) -> Table:
    """Read one part of an edition.

    Raises:
        PublishedFileError: a row is cut off, or a cell is not what its column holds.
    """
    extract = _extract_header(head)
    if extract is not None:
        raw, first, is_dated = _extract_rows(part, extract), extract.number + 1, False
    else:
        data = _first_data(head)
        if data is None:
            raise PublishedFileError(f"{part.name}: no row begins with two procedure codes; expected pair edits")
        raw, first, is_dated = _cms_rows(part, data), data, True
    if raw.is_empty():
        raise PublishedFileError(f"{part.name}: a header and no edits")
    frame = _checked(part, raw, first, is_dated=is_dated)
    titles = [cell for row in head if row.number < first for cell in row.cells]
    newest = frame.get_column("begins_on").max()
    try:
        begins = first_day_of(part, asked, titles)
        note = ""
    except PublishedFileError:
        if not isinstance(newest, date):
            raise
        begins, note = newest, "Its first day is that of its newest edit: title and name tell none."
    if is_dated and isinstance(newest, date) and newest > last_of_quarter(begins):
        raise PublishedFileError(
            f"{part.name}: an edit begins {newest}, after the quarter of {begins}: another edition"
        )
    return Table(
        kind=kind,
        begins=begins,
        valid_from=FIRST_DAY if is_dated else begins,
        valid_through=last_of_quarter(begins),
        frame=frame,
        version=_version(part),
        note=note,
        parts=(part,),
    )


def combine(tables: Sequence[Table]) -> Table:
    """Put the parts of one edition together.

    Raises:
        PublishedFileError: a part is absent, two parts hold the same edit, or column 1 has no code of some range.
    """
    first = tables[0]
    names = ", ".join(part.name for table in tables for part in table.parts)
    numbers = sorted(int(match[1]) for table in tables for part in table.parts if (match := _PART.search(part.stem)))
    if numbers and numbers != list(range(1, len(tables) + 1)):
        said = ", ".join(f"f{number}" for number in numbers)
        raise PublishedFileError(f"{names}: parts {said}; expected f1, f2, … without a gap, loaded together")
    frame = pl.concat([table.frame for table in tables]).sort(*_ORDER, nulls_last=True)
    leading = set(frame.get_column("column_1").str.slice(0, 1).unique().to_list())
    if absent := sorted(_LEADING - leading):
        raise PublishedFileError(
            f"{names}: no edit whose column 1 begins with {', '.join(absent)}; expected every part of the edition"
        )
    if pair := _twice(frame):
        raise PublishedFileError(f"{names}: the edit {pair} comes twice with the same dates; expected each edit once")
    note = next((table.note for table in tables if table.note), "")
    return Table(
        kind=first.kind,
        begins=first.begins,
        valid_from=first.valid_from,
        valid_through=first.valid_through,
        frame=frame,
        version=first.version,
        note=note,
        parts=tuple(part for table in tables for part in table.parts),
    )


def _twice(frame: pl.DataFrame) -> str:
    """The codes of an edit that comes twice with the same dates; empty for none. Rows are in the order of `SCHEMA`."""
    dated = frame.filter(pl.col("begins_on").is_not_null(), pl.col("modifier_indicator") != VOID)
    # Only neighbors can be alike, and few are: those alone are compared whole.
    alike = dated.select(
        pl.all_horizontal(pl.col(name).eq_missing(pl.col(name).shift(1)) for name in _ORDER)
    ).to_series()
    if not alike.any():
        return ""
    near = dated.filter(alike | alike.shift(-1, fill_value=False))
    twice = near.filter(pl.struct(*_ORDER, "begins_on").is_duplicated())
    return " ".join(twice.row(0)[:2]) if twice.height else ""


def _first_data(head: Sequence[Row]) -> int | None:
    """The number of the first row of edits below CMS's headings, which must stand in CMS's order."""
    said: list[str] = [""] * len(_CMS)
    for row in head:
        cells = [cell.strip() for cell in row.cells]
        if len(cells) >= len(_CMS) and _is_edit(cells):
            in_order = all(word in text for word, text in zip(_CMS_HEADINGS, said, strict=True))
            return row.number if in_order else None
        if sum(bool(cell) for cell in cells) >= 1 and len(cells) >= len(_CMS):
            said = [f"{before} {squeezed(cell)}".strip() for before, cell in zip(said, cells, strict=False)]
    return None


def _is_edit(cells: Sequence[str]) -> bool:
    return all(bool(PROCEDURE_CODE.fullmatch(cell.zfill(len("97110")))) and cell for cell in cells[:2])


def _extract_header(head: Sequence[Row]) -> Row | None:
    """The heading row of an extract: named columns, without first days."""
    for row in head:
        if {_EXTRACT.get(squeezed(cell)) for cell in row.cells} == _EXTRACT_COLUMNS:
            return row
    return None


def _cms_rows(part: Part, first: int) -> pl.DataFrame:
    if is_workbook(part):
        found = [row.cells[: len(_CMS)] for row in rows(part) if row.number >= first]
        return pl.DataFrame(found, schema=dict.fromkeys(_CMS, pl.String), orient="row").with_columns(
            pl.col("column_1", "column_2").str.zfill(len("97110"))
        )
    return _by_columns(part, _CMS, separator="\t", skip=first - 1, quote=None)


def _extract_rows(part: Part, header: Row) -> pl.DataFrame:
    names = [_EXTRACT[squeezed(cell)] for cell in header.cells]
    if is_workbook(part):
        found = [row.cells for row in rows(part) if row.number > header.number]
        raw = pl.DataFrame(found, schema=dict.fromkeys(names, pl.String), orient="row")
    else:
        separator = "\t" if b"\t" in part.data[:4096] else ","
        raw = _by_columns(part, tuple(names), separator=separator, skip=header.number, quote='"')
    return raw.with_columns(pl.lit("").alias("before_1996"), pl.lit("").alias("begins"))


def _by_columns(part: Part, names: tuple[str, ...], *, separator: str, skip: int, quote: str | None) -> pl.DataFrame:
    """All rows below the headings as text. A row with more or fewer cells is refused."""
    start = 0
    for _ in range(skip):
        start = part.data.find(b"\n", start) + 1
    body = memoryview(part.data)[start:]
    _refuse_cut_end(part, names, separator)
    try:
        return pl.read_csv(
            io.BytesIO(body),
            has_header=False,
            new_columns=list(names),
            separator=separator,
            quote_char=quote,
            infer_schema=False,
            encoding="utf8-lossy",
        ).with_columns(pl.all().fill_null(""))
    except pl.exceptions.PolarsError as error:
        raise _ragged(part, names, separator, skip) from error


def _refuse_cut_end(part: Part, names: tuple[str, ...], separator: str) -> None:
    """Refuse a last row that lacks cells: the file was cut off inside it."""
    body = part.data.rstrip()
    last = body[body.rfind(b"\n") + 1 :]
    count = last.count(separator.encode()) + 1
    if count < len(names):
        number = body.count(b"\n") + 1
        raise PublishedFileError(
            f"{part.name}, row {number}, field {names[count]}: the row ends before it; the file is cut off"
        )


def _ragged(part: Part, names: tuple[str, ...], separator: str, skip: int) -> PublishedFileError:
    """The error for the first row with another number of cells."""
    for number, line in enumerate(part.data.split(b"\n"), start=1):
        count = line.count(separator.encode()) + 1
        if number > skip and line.strip() and count != len(names):
            field = names[min(count, len(names)) - 1]
            return PublishedFileError(
                f"{part.name}, row {number}, field {field}: {count} cells; expected {len(names)}: {', '.join(names)}"
            )
    return PublishedFileError(f"{part.name}: cells that cannot be told apart; expected {', '.join(names)}")


def _checked(part: Part, raw: pl.DataFrame, first: int, *, is_dated: bool) -> pl.DataFrame:
    """The edits with types, in the order of the file; every cell is checked, and the first wrong one is named."""
    # Blank rows between or below the edits say nothing.
    numbered = raw.with_row_index("row", offset=first)
    numbered = numbered.filter(pl.any_horizontal(pl.col(*raw.columns) != ""))
    text = numbered.with_columns(pl.col(*raw.columns).str.strip_chars())
    code = f"^(?:{PROCEDURE_CODE.pattern})$"
    _refuse(part, text, "column_1", pl.col("column_1").str.contains(code), "a procedure code")
    _refuse(part, text, "column_2", pl.col("column_2").str.contains(code), "a procedure code")
    _refuse(part, text, "indicator", pl.col("indicator").is_in(["0", "1", "9"]), "0, 1 or 9")
    _refuse(part, text, "before_1996", pl.col("before_1996").is_in(["", "*"]), "a star or nothing")
    begins, ends = _day("begins"), _day("ends")
    _refuse(part, text, "begins", begins.is_not_null() | pl.col("begins").is_in(["", "*"]), "a date such as 20260701")
    _refuse(part, text, "ends", ends.is_not_null() | pl.col("ends").is_in(["", "*"]), "a date, or a star for none")
    if is_dated:
        known = begins.is_not_null() | (pl.col("before_1996") == "*")
        _refuse(part, text, "begins", known, "the edit's first day")
        begins = pl.when(pl.col("before_1996") == "*").then(pl.lit(FIRST_DAY)).otherwise(begins)
    keys = reasons("pairs")
    met = text.get_column("rationale").unique().to_list()
    short = {phrase: keys.get(plain(phrase), "") for phrase in met}
    return (
        text.select(
            "column_1",
            "column_2",
            begins.alias("begins_on"),
            ends.alias("ended_on"),
            pl.col("indicator").cast(pl.Int64).alias("modifier_indicator"),
            pl.col("rationale").replace_strict(short, return_dtype=pl.String).alias("reason"),
        ).cast(dict(SCHEMA))  # type: ignore[arg-type]  # a schema's values are types
    )


def _day(name: str) -> pl.Expr:
    text = pl.col(name)
    return pl.coalesce(
        text.str.to_date("%Y%m%d", strict=False),
        text.str.to_date("%Y-%m-%d", strict=False),
    )


def _refuse(part: Part, text: pl.DataFrame, field: str, is_right: pl.Expr, expected: str) -> None:
    wrong = text.filter(is_right.not_()).head(1)
    if wrong.height:
        cell = wrong.get_column(field)[0]
        raise PublishedFileError(
            f"{part.name}, row {wrong.get_column('row')[0]}, field {field}: {cell!r}; expected {expected}"
        )


def _version(part: Part) -> str:
    """CMS's own number of the edition, such as 32.2."""
    for name in names_of(part):
        if match := _VERSION.search(name):
            return f"version {match[1]}.{match[2]}"
    return ""
