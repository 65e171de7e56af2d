"""Billed lines in a flat file, one row a line (CSV or Parquet), become rows of the tables.

The columns are those of the data dictionary (`cleanclaim.lines.schema`, tables `claims` and `lines`) and the short
names of `flat_columns.ALIASES`. `date`, `code` and `modifiers` must be there. A column that is not there is unknown
for every row, never "no". An empty cell is unknown too, except in a column where empty is said to mean absent: there
it says that there is none (a referring NPI, an authorization number, modifiers). Dates are `2026-03-04` or
`3/4/2026`, charges dollars (`120.00`), yes-or-no columns `yes` or `no`; lists (modifiers, diagnoses, pointers) are
divided by blanks, commas, semicolons, colons or bars; pointers may be letters.

With a column `minutes` the file says what was done: each row's minutes, one-on-one, under its code, and no other
service. Whose minutes they were is said by `by` (PT, PTA, together, aide, student), or by `assistant_minutes` and
`together_minutes`; where neither is there it is unknown.

Rows of one claim share `claim`; without that column they are the rows of one patient, day, payer and rendering
provider. Rows of several days under one claim number are several rows of `claims`. A row that cannot be read sets
its whole claim aside, because half a claim would be judged wrongly; the others go on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from cleanclaim.lines.flat_cells import CellError, read_cell
from cleanclaim.lines.flat_columns import CLAIM_COLUMNS, LINE_COLUMNS, column_of, is_known
from cleanclaim.lines.flat_files import FlatRow
from cleanclaim.lines.tables import Tables
from cleanclaim.records.reading import Rejection
from cleanclaim.reference import procedures


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
