"""Rows and cells of a published table, whatever its layout: comma, tab or spreadsheet, with notices above the header.

Codes, dates and numbers are text here and are checked cell by cell; an error names file, row and field.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from cleanclaim.money import AmountError, scaled
from cleanclaim.reference.published.opening import Part, PublishedFileError

HEAD_ROWS = 40
"""Notices, titles and the header stand within these first rows."""

PROCEDURE_CODE = re.compile(r"[0-9A-Z][0-9]{3}[0-9A-Z]")

_Value = TypeVar("_Value")
_WIDTH_OF_CODE = 5


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number in the file, counted from 1, and its cells."""

    number: int
    cells: tuple[str, ...]

    def filled(self) -> int:
        """How many cells hold anything."""
        return sum(bool(cell.strip()) for cell in self.cells)


def decode(data: bytes) -> str:
    """Text of a published file; not all of them are UTF-8."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def is_workbook(part: Part) -> bool:
    """Whether the part is a spreadsheet of the current format."""
    return part.data.startswith(b"PK\x03\x04")


def rows(part: Part, most: int | None = None) -> Iterator[Row]:
    """The rows of a part, at most so many.

    Raises:
        PublishedFileError: the part is a damaged spreadsheet, or is no table of text.
    """
    yield from _workbook_rows(part, most) if is_workbook(part) else _text_rows(part, most)


def _text_rows(part: Part, most: int | None) -> Iterator[Row]:
    head = part.data[:4096]
    if b"\0" in head:
        raise PublishedFileError(f"{part.name}: not text; expected a table of text or a spreadsheet (.xlsx)")
    data = part.data if most is None else _first_lines(part.data, most)
    separator = "\t" if head.count(b"\t") > head.count(b",") else ","
    reader = csv.reader(io.StringIO(decode(data), newline=""), delimiter=separator)
    try:
        for count, cells in enumerate(reader):
            if most is not None and count >= most:
                return
            yield Row(reader.line_num, tuple(cells))
    except csv.Error as error:
        raise PublishedFileError(f"{part.name}, row {reader.line_num}: {error}") from error


def _first_lines(data: bytes, count: int) -> bytes:
    """The first lines, with room for cells that hold several."""
    place = 0
    for _ in range(4 * count):
        place = data.find(b"\n", place) + 1
        if not place:
            return data
    return data[:place]


def _workbook_rows(part: Part, most: int | None) -> Iterator[Row]:
    import fastexcel  # noqa: PLC0415 - only spreadsheets need it

    try:
        book = fastexcel.read_excel(part.data)
        sheet = book.load_sheet(0, header_row=None, dtypes="string", n_rows=most)
        table = sheet.to_polars()
    except fastexcel.FastExcelError as error:
        raise PublishedFileError(f"{part.name}: a damaged spreadsheet; expected one that opens") from error
    for number, cells in enumerate(table.iter_rows(), start=1):
        yield Row(number, tuple("" if cell is None else _whole(str(cell)) for cell in cells))


def _whole(text: str) -> str:
    """A spreadsheet's whole number as it was meant: `20260701.0` is 20260701."""
    return text[:-2] if text.endswith(".0") and text[:-2].isdigit() else text


def squeezed(text: str) -> str:
    """A heading in lower case with single spaces, whatever its line breaks."""
    return spaced(text).lower()


def spaced(text: str) -> str:
    """A heading with single spaces, whatever its line breaks."""
    return " ".join(text.split())


def cell_at(part: Part, row: Row, place: int, label: str) -> str:
    """One cell, trimmed.

    Raises:
        PublishedFileError: the row ends before it.
    """
    if place >= len(row.cells):
        raise PublishedFileError(f"{part.name}, row {row.number}, column {label}: the row ends before it")
    return row.cells[place].strip()


def decimal_at(part: Part, number: int, label: str, text: str, scale: int) -> int:
    """A decimal cell of the row of that number as an integer at its scale.

    Raises:
        PublishedFileError: it is no such number.
    """
    try:
        return scaled(text, scale)
    except AmountError as error:
        raise PublishedFileError(f"{part.name}, row {number}, column {label}: {error}") from error


def refused_at(part: Part, number: int, label: str, text: str, expected: str) -> PublishedFileError:
    """The error for a cell that its column does not hold."""
    return PublishedFileError(f"{part.name}, row {number}, column {label}: {text!r}; expected {expected}")


@dataclass(frozen=True, slots=True)
class Header:
    """Where the columns of a table stand, by our own names; an optional column that is absent is left out."""

    row: int
    places: Mapping[str, int]


def find_header(
    part: Part, head: Sequence[Row], wanted: Mapping[str, str], optional: frozenset[str] = frozenset()
) -> Header | None:
    """The first row whose cells match every wanted heading; None where there is none.

    Args:
        part: The file, for errors.
        head: Its first rows.
        wanted: Our name of a column → pattern that its squeezed heading matches whole.
        optional: Those of the columns that may be absent.

    Raises:
        PublishedFileError: two columns have the same heading.
    """
    patterns = {name: re.compile(pattern) for name, pattern in wanted.items()}
    for row in head:
        cells = [squeezed(cell) for cell in row.cells]
        places: dict[str, int] = {}
        for name, pattern in patterns.items():
            found = [place for place, cell in enumerate(cells) if cell and pattern.fullmatch(cell)]
            if len(found) > 1 and len(places) + 1 >= len(wanted) - len(optional):
                raise PublishedFileError(f"{part.name}, row {row.number}: {len(found)} columns are headed {name}")
            if found:
                places[name] = found[0]
        if all(name in places or name in optional for name in wanted):
            return Header(row.number, places)
    return None


class Cells:
    """The cells of one row by column; every reading checks, and errors name file, row and field."""

    def __init__(self, part: Part, header: Header, row: Row) -> None:
        """Take a row below the header."""
        self._part, self._header, self._row = part, header, row

    def text(self, field: str) -> str:
        """The cell, trimmed; empty for an optional column that is absent.

        Raises:
            PublishedFileError: the row ends before the column.
        """
        place = self._header.places.get(field)
        if place is None:
            return ""
        if place >= len(self._row.cells):
            raise self.refused(field, "the row ends before it")
        return self._row.cells[place].strip()

    def code(self, field: str) -> str:
        """A procedure code of five characters; leading zeros that a spreadsheet ate are put back."""
        text = self.text(field).upper()
        if text.isascii() and text.isdigit() and is_workbook(self._part):
            text = text.zfill(_WIDTH_OF_CODE)
        if not PROCEDURE_CODE.fullmatch(text):
            raise self.refused(field, f"{self.text(field)!r}; expected a code of five characters")
        return text

    def number(self, field: str) -> int:
        """A whole number of zero or more."""
        text = self.text(field)
        if not (text.isascii() and text.isdigit()):
            raise self.refused(field, f"{text!r}; expected a whole number")
        return int(text)

    def day(self, field: str) -> date | None:
        """A date, or None for an empty cell, `*` or zeros."""
        text = self.text(field)
        if text in {"", "*"} or not text.strip("0"):
            return None
        return self.parsed(field, parse_day, "a date such as 20260701, 7/1/2026 or 2026-07-01")

    def parsed(self, field: str, parse: Callable[[str], _Value | None], expected: str) -> _Value:
        """The cell as `parse` reads it; None is refused."""
        text = self.text(field)
        found = parse(text)
        if found is None:
            raise self.refused(field, f"{text!r}; expected {expected}")
        return found

    def refused(self, field: str, why: str) -> PublishedFileError:
        """The error for a cell."""
        return PublishedFileError(f"{self._part.name}, row {self._row.number}, field {field}: {why}")


_DAY_FORMS = (
    re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})"),
    re.compile(r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})(?:[ T]00:00:00.*)?"),
    re.compile(r"(?P<m>\d{1,2})[/-](?P<d>\d{1,2})[/-](?P<y>\d{4})"),
)
_ORDINAL_DAY = re.compile(r"(?P<y>[12]\d{3})(?P<n>\d{3})")


def parse_day(text: str) -> date | None:
    """A date as publishers write it: 20260701, 2026-07-01, 7/1/2026, or the 2026182 of the add-on file."""
    for form in _DAY_FORMS:
        if match := form.fullmatch(text.strip()):
            try:
                return date(int(match["y"]), int(match["m"]), int(match["d"]))
            except ValueError:
                return None
    if match := _ORDINAL_DAY.fullmatch(text.strip()):
        found = date(int(match["y"]), 1, 1) + timedelta(days=int(match["n"]) - 1)
        return found if found.year == int(match["y"]) else None
    return None
