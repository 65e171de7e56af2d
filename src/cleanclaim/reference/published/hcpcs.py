"""HCPCS Level II: the quarterly alphanumeric file, as spreadsheet or as fixed-width text of 320 characters.

Kept are the codes with their days; descriptions go over several records and are left behind, and so are modifiers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

import polars as pl

from cleanclaim.reference.published.dating import last_of_quarter
from cleanclaim.reference.published.kinds import Kind
from cleanclaim.reference.published.layout import Cells, Header, Row, find_header, is_workbook, parse_day
from cleanclaim.reference.published.opening import Part, PublishedFileError
from cleanclaim.reference.published.table import Asked, Table, below, first_day_of, titles

SCHEMA = pl.Schema({"code": pl.String(), "begins_on": pl.Date(), "ended_on": pl.Date()})
"""Columns of a kept edition, sorted by code: the day the code was added, and its last day."""

_COLUMNS = {
    "code": r"hcpcs?(?:[ _]?code)?",
    "record": r"recid|record identification code",
    "added": r"add (?:dt|date)|date[ _]added|hcpcs code added date",
    "ended": r"term (?:dt|date)|date[ _]term|hcpcs termination date",
}
_OPTIONAL = frozenset({"record"})
_FIRST_RECORD, _NEXT_RECORD, _MODIFIERS = "3", "4", ("7", "8")
_CODE = re.compile(r"[A-Z]\d{4}")
_RECORD = slice(10, 11)
_ADDED, _ENDED = slice(268, 276), slice(284, 292)
_FIXED = re.compile(rb"(?:[A-Z]\d{4}|   [0-9A-Z]{2})\d{5}[3478].{80}")


def recognize(part: Part, head: Sequence[Row]) -> Kind | None:
    """Whether the part is the alphanumeric file."""
    if not is_workbook(part):
        first = next((line for line in part.data[:4096].splitlines() if line.strip()), b"")
        if _FIXED.match(first):
            return Kind.HCPCS
    return Kind.HCPCS if _header(part, head) else None


def read(part: Part, head: Sequence[Row], asked: Asked, kind: Kind) -> Table:
    """Read an edition.

    Raises:
        PublishedFileError: a record is cut off, a date is none, or a code comes twice.
    """
    header = _header(part, head)
    found: dict[str, tuple[str, date | None, date | None]] = {}
    for number, code, added, ended in _columns(part, header) if header else _records(part):
        if code in found:
            raise PublishedFileError(f"{part.name}, row {number}, field code: {code} comes a second time")
        found[code] = (code, added, ended)
    if not found:
        raise PublishedFileError(f"{part.name}: no HCPCS code; expected records of procedures")
    begins = first_day_of(part, asked, titles(head, header.row) if header else ())
    frame = pl.DataFrame([found[code] for code in sorted(found)], schema=SCHEMA, orient="row")
    return Table(kind, begins, date(begins.year, 1, 1), last_of_quarter(begins), frame, parts=(part,))


def _columns(part: Part, header: Header) -> Iterator[tuple[int, str, date | None, date | None]]:
    for row in below(part, header.row):
        cells = Cells(part, header, row)
        record, code = cells.text("record"), cells.text("code").upper()
        if record not in ("", _FIRST_RECORD) or not _CODE.fullmatch(code):
            if record in (_NEXT_RECORD, *_MODIFIERS):
                continue
            raise cells.refused("code", f"{cells.text('code')!r}; expected a letter and four digits")
        yield row.number, code, cells.day("added"), cells.day("ended")


def _records(part: Part) -> Iterator[tuple[int, str, date | None, date | None]]:
    for number, line in enumerate(part.data.decode("cp1252", "replace").splitlines(), start=1):
        if not line.strip("\x1a "):
            continue
        if line[_RECORD] not in (_FIRST_RECORD, _NEXT_RECORD, *_MODIFIERS):
            raise PublishedFileError(
                f"{part.name}, row {number}, field record: {line[_RECORD]!r}; expected 3, 4, 7 or 8"
            )
        if line[_RECORD] != _FIRST_RECORD:
            continue
        if len(line) < _ADDED.stop:
            raise PublishedFileError(f"{part.name}, row {number}, field added: the record ends before it")
        code = line[:5]
        if not _CODE.fullmatch(code):
            raise PublishedFileError(
                f"{part.name}, row {number}, field code: {code!r}; expected a letter and four digits"
            )
        yield number, code, _day(part, number, "added", line[_ADDED]), _day(part, number, "ended", line[_ENDED])


def _day(part: Part, number: int, field: str, text: str) -> date | None:
    if not text.strip("0 "):
        return None
    found = parse_day(text.strip())
    if found is None:
        raise PublishedFileError(
            f"{part.name}, row {number}, field {field}: {text!r}; expected a date such as 20260701"
        )
    return found


def _header(part: Part, head: Sequence[Row]) -> Header | None:
    return find_header(part, head, _COLUMNS, _OPTIONAL)
