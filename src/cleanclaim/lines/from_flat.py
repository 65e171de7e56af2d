"""Billed lines in a flat file, one row a line (CSV or Parquet), become rows of the tables.

The columns are those of the data dictionary (`cleanclaim.lines.schema`, tables `claims` and `lines`) and the short
names of `ALIASES`. `date`, `code` and `modifiers` must be there. A column that is not there is unknown for every
row, never "no". An empty cell is unknown too, except in a column where empty is said to mean absent: there it says
that there is none (a referring NPI, an authorization number, modifiers). Dates are `2026-03-04` or `3/4/2026`,
charges dollars (`120.00`), yes-or-no columns `yes` or `no`; lists (modifiers, diagnoses, pointers) are divided by
blanks, commas, semicolons, colons or bars; pointers may be letters.

With a column `minutes` the file says what was done: each row's minutes, one-on-one, under its code, and no other
service. Whose minutes they were is said by `by` (PT, PTA, together, aide, student), or by `assistant_minutes` and
`together_minutes`; where neither is there it is unknown.

Rows of one claim share `claim`; without that column they are the rows of one patient, day, payer and rendering
provider. Rows of several days under one claim number are several rows of `claims`. A row that cannot be read sets
its whole claim aside, because half a claim would be judged wrongly; the others go on.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from cleanclaim.lines.schema import CLAIMS, LINES, Column
from cleanclaim.lines.tables import Tables
from cleanclaim.money import AmountError, parse_cents
from cleanclaim.records.reading import Rejection
from cleanclaim.reference import procedures

SUFFIXES = (".csv", ".tsv", ".parquet")

ALIASES: Mapping[str, str] = {
    "claim": "claim_key",
    "date": "date_of_service",
    "place": "place_of_service",
    "pos": "place_of_service",
    "charge": "charge_cents",
    "total_charge": "total_charge_cents",
    "kind": "visit_kind",
    "npi": "rendering_npi",
    "order": "coverage_order",
}
"""Short names of columns; those in dollars say so in `DOLLARS`."""

DOLLARS = frozenset({"charge", "total_charge"})
"""Columns in dollars; a name that ends in `_cents` is in whole cents."""

REQUIRED = ("date", "code", "modifiers")
"""Columns without which nothing can be judged: whether a line has modifiers is never unknown."""

OWN = ("patient", "diagnoses", "by", "group_size")
"""Columns that are not in the dictionary of `claims` and `lines`: the patient's key, the claim's diagnoses, who
furnished the minutes, and to how many patients at once."""

_SET_HERE = frozenset({"claim_id", "patient_id", "line_id", "line_number", "is_history", "as_of", "code_origin"}) | {
    column.name for column in CLAIMS if column.name.startswith("knows_")
}

CLAIM_COLUMNS = {column.name: column for column in CLAIMS if column.name not in _SET_HERE}
"""Columns of a claim that a flat file may have, by name."""

LINE_COLUMNS = {column.name: column for column in LINES if column.name not in _SET_HERE}
"""Columns of a line that a flat file may have, by name."""

EMPTY_IS_ABSENT = frozenset(
    column.name for column in (*CLAIMS, *LINES) if column.dtype == pl.String and "empty" in column.meaning
)
"""Columns in which an empty cell says that there is none."""

_BREAK = re.compile(r"[\s,;:|]+")
CREDENTIALS = ("PT", "PTA", "OT", "OTA", "SLP", "together", "aide", "student", "unattended")
_LETTERS = "ABCDEFGHIJKL"


class FlatFileError(ValueError):
    """A flat file that cannot be used at all: names it, and what was expected."""


@dataclass(frozen=True, slots=True)
class FlatRow:
    """One row as text: `number` counts rows of data from 1; `first_line` to `last_line` are lines of the file."""

    file: str
    number: int
    cells: Mapping[str, str]
    first_line: int = 0
    last_line: int = 0


@dataclass(frozen=True, slots=True)
class FlatTables:
    """The tables, what was set aside, and the row of the file behind each line.

    `rows[line_id]` is the row; `files[claim_id]` the file; `unread` the columns that no table has, by file.
    """

    tables: Tables
    rows: tuple[FlatRow, ...]
    files: tuple[str, ...]
    rejections: tuple[Rejection, ...]
    unread: Mapping[str, tuple[str, ...]]


def read_flat(path: Path) -> list[FlatRow]:
    """Read a CSV (comma, semicolon or tab; UTF-8) or Parquet file into rows of text.

    Raises:
        FlatFileError: the file cannot be read, has no rows, lacks a needed column or names one twice.
    """
    rows = list(_parquet(path) if path.suffix == ".parquet" else _csv(path))
    if not rows:
        raise FlatFileError(f"{path}: has no rows; expected a header and one row for each billed line")
    names = set(rows[0].cells)
    for wanted in REQUIRED:
        if not names & {wanted, ALIASES.get(wanted, wanted)}:
            raise FlatFileError(f"{path}: lacks the column {wanted}; expected at least {', '.join(REQUIRED)}")
    given = [ALIASES.get(name, name) for name in names]
    twice = next((name for name in sorted(names) if given.count(ALIASES.get(name, name)) > 1), None)
    if twice is not None:
        raise FlatFileError(
            f"{path}: column {twice} and another are the same; expected {ALIASES.get(twice, twice)} once"
        )
    return rows


def tables_of_rows(rows: Sequence[FlatRow], *, as_of: date, default_payer: str | None = None) -> FlatTables:
    """Lay the rows out as tables, claims in the order of their first row.

    Args:
        rows: the rows of one or more files.
        as_of: the day on which the check is made.
        default_payer: payer file of rows that name none.
    """
    read: list[_Read] = []
    rejections: list[Rejection] = []
    spoiled: set[object] = set()
    for row in rows:
        cells, wrong = _values(row)
        one = _Read(row, cells)
        read.append(one)
        if wrong:
            rejections += wrong
            spoiled.add(one.claim())
    claims: dict[object, list[_Read]] = {}
    for one in read:
        if one.claim() not in spoiled:
            claims.setdefault((one.claim(), one.cells.get("date_of_service")), []).append(one)
    laid = _Laid(as_of, default_payer)
    for group in claims.values():
        conflict = _conflict(group)
        if conflict is None:
            laid.add(group)
        else:
            rejections.append(conflict)
    unread = {row.file: tuple(name for name in row.cells if not is_known(name)) for row in reversed(rows)}
    return FlatTables(
        laid.tables(), tuple(laid.rows), tuple(laid.files), tuple(rejections), {k: v for k, v in unread.items() if v}
    )


def known_columns() -> tuple[str, ...]:
    """Every column name that a flat file may have, short names included, sorted."""
    return tuple(sorted({*CLAIM_COLUMNS, *LINE_COLUMNS, *ALIASES, *OWN}))


def column_of(name: str) -> str:
    """The dictionary's name of a flat file's column."""
    return ALIASES.get(name, name)


def is_known(name: str) -> bool:
    """Whether a flat file's column is read."""
    return name in OWN or column_of(name) in CLAIM_COLUMNS or column_of(name) in LINE_COLUMNS


# --- files -----------------------------------------------------------------------------------------------


def _csv(path: Path) -> Iterator[FlatRow]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise FlatFileError(f"{path}: cannot be read; expected a CSV file") from error
    except UnicodeDecodeError as error:
        raise FlatFileError(f"{path}: is not UTF-8 at byte {error.start}; expected CSV in UTF-8") from error
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text))
    try:
        header = [plain_name(name) for name in next(reader, [])]
        twice = next((name for name in header if name and header.count(name) > 1), None)
        if twice is not None:
            raise FlatFileError(f"{path}: column {twice} comes twice; expected each column once")
        begins = reader.line_num
        for number, cells in enumerate(reader, start=1):
            first, begins = begins + 1, reader.line_num
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) > len(header):
                raise FlatFileError(
                    f"{path}, row {number}: {len(cells)} cells; expected {len(header)}, as in the header"
                )
            named = dict(zip(header, (cell.strip() for cell in cells), strict=False))
            yield FlatRow(path.name, number, {k: v for k, v in named.items() if k}, first, begins)
    except csv.Error as error:
        raise FlatFileError(f"{path}: is not CSV: {error}") from error


def delimiter_of(text: str) -> str:
    """The delimiter of a CSV text: whichever of comma, semicolon and tab divides its first line most often."""
    first = text.partition("\n")[0]
    return max(",;\t", key=first.count)


def plain_name(name: str) -> str:
    """A heading as a column's name: `Rendering NPI` is `rendering_npi`."""
    return re.sub(r"[\s-]+", "_", name.strip().lower())


def _parquet(path: Path) -> Iterator[FlatRow]:
    try:
        frame = pl.read_parquet(path)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise FlatFileError(f"{path}: cannot be read; expected a Parquet file") from error
    names = [plain_name(name) for name in frame.columns]
    for number, cells in enumerate(frame.iter_rows(), start=1):
        yield FlatRow(path.name, number, {name: cell_text(cell) for name, cell in zip(names, cells, strict=True)})


def cell_text(value: object) -> str:
    """A value of a typed file as the text that a CSV would hold."""
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return " ".join(cell_text(item) for item in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else str(value).strip()


# --- cells -----------------------------------------------------------------------------------------------


class CellError(ValueError):
    """What was expected of a cell; its text is not repeated, for it may be a patient's."""


@dataclass(frozen=True, slots=True)
class _Read:
    """A row with its values by the dictionary's names."""

    row: FlatRow
    cells: Mapping[str, Any]

    def claim(self) -> object:
        """What the rows of one claim have in common."""
        key = self.row.cells.get("claim") or self.row.cells.get("claim_key")
        if key:
            return self.row.file, key
        if not self.cells.get("patient"):
            return self.row.file, self.row.number
        named = ("patient", "date_of_service", "payer", "rendering_npi")
        return (self.row.file, *(self.cells.get(name) for name in named))


def _values(row: FlatRow) -> tuple[dict[str, Any], list[Rejection]]:
    """The row's values, and what could not be read."""
    found: dict[str, Any] = {}
    wrong: list[Rejection] = []
    key = row.cells.get("claim") or row.cells.get("claim_key") or ""
    for name, text in row.cells.items():
        target = column_of(name)
        try:
            if is_known(name):
                found[target] = read_cell(name, text)
        except CellError as error:
            wrong.append(Rejection(row.file, row.number, key[:40], name, str(error)))
    if found.get("date_of_service") is None and not any(item.field in {"date", "date_of_service"} for item in wrong):
        wrong.append(Rejection(row.file, row.number, key[:40], "date", "a day as YYYY-MM-DD; the cell is empty"))
    whole, parts = found.get("minutes"), (found.get("assistant_minutes"), found.get("together_minutes"))
    if whole is not None and sum(part or 0 for part in parts) > whole:
        wrong.append(Rejection(row.file, row.number, key[:40], "assistant_minutes", "at most the row's minutes"))
    return found, wrong


def read_cell(name: str, text: str) -> object:
    """The value of one cell of a known column.

    Raises:
        CellError: it cannot be read; says what was expected.
    """
    if name in OWN:
        return _own(name, text)
    target = column_of(name)
    return _cell(name, CLAIM_COLUMNS.get(target) or LINE_COLUMNS[target], text)


def _own(name: str, text: str) -> object:
    if name == "diagnoses":
        return words_of(text)
    if not text:
        return None
    if name == "by":
        by = next((word for word in CREDENTIALS if word.lower() == text.lower()), None)
        if by is None:
            raise CellError(f"one of {', '.join(CREDENTIALS)}")
        return by
    return _whole(text) if name == "group_size" else text


def _cell(name: str, column: Column, text: str) -> object:
    """The value of one cell; an empty one is unknown, or absent where the dictionary says that empty means so."""
    if column.name == "modifiers":
        return [_modifier(word) for word in words_of(text.upper())]
    if not text:
        return "" if column.name in EMPTY_IS_ABSENT else None
    if name in DOLLARS:
        return _cents(text)
    reader = _BY_NAME.get(column.name) or _BY_TYPE.get(column.dtype)
    return text if reader is None else reader(text)


def words_of(text: str) -> list[str]:
    """The words of a cell that holds a list."""
    return [word for word in _BREAK.split(text) if word]


def _code(text: str) -> str:
    if not re.fullmatch(r"[0-9A-Z]{5}", text.upper()):
        raise CellError("a procedure code of five letters or digits, such as 97110")
    return text.upper()


def _modifier(word: str) -> str:
    if not re.fullmatch(r"[0-9A-Z]{2}", word):
        raise CellError("modifiers of two letters or digits, such as GP KX")
    return word


def _pointer_words(text: str) -> list[str]:
    """Pointers written apart, or as letters in one word (`ABC`)."""
    words = words_of(text)
    return [letter for word in words for letter in (word if word.isalpha() else [word])]


def pointers_of(text: str) -> list[int]:
    """The pointers of a cell, as positions from 1; raises `ValueError` for what is none."""
    return [_pointer(word) for word in _pointer_words(text.upper())]


def _pointer(word: str) -> int:
    if len(word) == 1 and word in _LETTERS:
        return _LETTERS.index(word) + 1
    if not (word.isascii() and word.isdigit() and len(word) <= 2):  # noqa: PLR2004 - a claim has 12 diagnoses
        raise CellError("positions of diagnoses, such as 1 2 or A B")
    return int(word)


def _day(text: str) -> date:
    for form in ("%Y-%m-%d", "%m/%d/%Y", "%Y%m%d"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    raise CellError("a day as YYYY-MM-DD or MM/DD/YYYY")


def _flag(text: str) -> bool:
    known = {"yes": True, "y": True, "true": True, "1": True, "no": False, "n": False, "false": False, "0": False}
    if text.lower() not in known:
        raise CellError("yes or no")
    return known[text.lower()]


def _whole(text: str) -> int:
    digits = text.removesuffix(".0").removesuffix(".00")
    if not re.fullmatch(r"-?[0-9]{1,9}", digits):
        raise CellError("a whole number")
    return int(digits)


def _cents(text: str) -> int:
    try:
        return parse_cents(text)
    except AmountError:
        raise CellError("dollars with at most two decimals, such as 120.00") from None


_BY_NAME: Mapping[str, Callable[[str], object]] = {"code": _code, "pointers": pointers_of}
_BY_TYPE: Mapping[Any, Callable[[str], object]] = {
    pl.Date: _day,
    pl.Boolean: _flag,
    pl.Int64: _whole,
    pl.List(pl.String): words_of,
}


# --- tables ----------------------------------------------------------------------------------------------


def _conflict(group: Sequence[_Read]) -> Rejection | None:
    """The first row that says otherwise of its claim than the rows before it."""
    said: dict[str, Any] = {}
    for one in group:
        for name in (*CLAIM_COLUMNS, "diagnoses", "patient"):
            value = one.cells.get(name)
            if value is None:
                continue
            if said.setdefault(name, value) != value:
                row = one.row
                key = str(one.cells.get("claim_key") or "")[:40]
                return Rejection(row.file, row.number, key, name, "the same in every row of a claim and day")
    return None


class _Laid:
    """The rows of the tables as they grow."""

    def __init__(self, as_of: date, default_payer: str | None) -> None:
        self._as_of = as_of
        self._default_payer = default_payer
        self._frames: dict[str, list[dict[str, Any]]] = {"claims": [], "lines": [], "services": [], "diagnoses": []}
        self._patients: dict[object, int] = {}
        self.rows: list[FlatRow] = []
        self.files: list[str] = []

    def tables(self) -> Tables:
        return Tables.from_rows(**self._frames)

    def add(self, group: Sequence[_Read]) -> None:
        """One claim of one day."""
        claim_id = len(self._frames["claims"])
        said = {name: value for one in reversed(group) for name, value in one.cells.items() if value is not None}
        listed = next((one.cells["diagnoses"] for one in group if "diagnoses" in one.cells), None)
        knows_services = all("minutes" in one.cells for one in group)
        patient = said.get("patient")
        key = patient or (group[0].row.file, group[0].row.number)
        row = {name: said[name] for name in CLAIM_COLUMNS if name in said}
        row |= {
            "claim_id": claim_id,
            "patient_id": self._patients.setdefault(key, len(self._patients)),
            "claim_key": said.get("claim_key") or f"row {group[0].row.number}",
            "is_history": False,
            "as_of": self._as_of,
            "payer": said.get("payer") or self._default_payer,
            "coverage_order": said.get("coverage_order") or "primary",
            "has_coverage": said.get("has_coverage", True if said.get("payer") else None),
            "discipline": said.get("discipline") or _discipline(group),
            "knows_services": knows_services,
            "lists_services": said.get("lists_services", True if knows_services else None),
            "knows_diagnoses": listed is not None,
            "knows_history": False,
            "unit_preference": said.get("unit_preference", []),
        }
        self._frames["claims"].append(row)
        self.files.append(group[0].row.file)
        for number, one in enumerate(group, start=1):
            self._add_line(one, claim_id, number)
            if knows_services:
                for service in _services(one.cells):
                    self._add("services", claim_id, service)
        for position, code in enumerate(listed or [], start=1):
            frame = self._frames["diagnoses"]
            frame.append({"diagnosis_id": len(frame), "claim_id": claim_id, "position": position, "diagnosis": code})

    def _add_line(self, one: _Read, claim_id: int, number: int) -> None:
        cells = one.cells
        line = {name: cells.get(name) for name in LINE_COLUMNS}
        line |= {
            "line_id": len(self._frames["lines"]),
            "claim_id": claim_id,
            "line_number": number,
            "modifiers": cells.get("modifiers") or [],
            "line_date": cells.get("line_date") or cells.get("date_of_service"),
            "code_origin": "named",
        }
        self._frames["lines"].append(line)
        self.rows.append(one.row)

    def _add(self, table: str, claim_id: int, row: dict[str, Any]) -> None:
        frame = self._frames[table]
        number = 1 + sum(other["claim_id"] == claim_id for other in frame[-100:])
        frame.append(row | {"service_id": len(frame), "claim_id": claim_id, "service_number": number})


def _discipline(group: Sequence[_Read]) -> str | None:
    """The discipline that the lines' therapy modifiers agree on."""
    known = {"GP": "PT", "GO": "OT", "GN": "SLP"}
    said = {known[word] for one in group for word in one.cells.get("modifiers") or () if word in known}
    return said.pop() if len(said) == 1 else None


def _services(cells: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """What a row's minutes say was done: by whom, as far as the row tells."""
    code, minutes = cells.get("code"), cells.get("minutes")
    procedure = procedures.get(code) if code is not None else None
    alone = 2 if procedure is not None and procedure.is_group else 1
    service = {
        "service_code": code,
        "group_size": cells.get("group_size") or alone,
        "is_billable": True,
        "starts_at": None,
    }
    if cells.get("by") is not None:
        skilled = cells["by"] not in {"aide", "student", "unattended"}
        yield service | {"service_minutes": minutes, "by": cells["by"], "is_billable": skilled}
        return
    shares = {"PTA": cells.get("assistant_minutes"), "together": cells.get("together_minutes")}
    if "assistant_minutes" not in cells or shares["PTA"] is None or minutes is None:
        yield service | {"service_minutes": minutes, "by": None}
        return
    given = {by: share or 0 for by, share in shares.items()}
    own = minutes - sum(given.values())
    for by, share in {"PT": own, **given}.items():
        if share or (by == "PT" and not any(given.values())):
            yield service | {"service_minutes": share, "by": by}
