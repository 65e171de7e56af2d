"""Where a payment locality lies: counties by locality, and ZIP codes by locality (fixed width)."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import date

import polars as pl

from cleanclaim.reference.published.dating import last_of_quarter, last_of_year
from cleanclaim.reference.published.kinds import Kind
from cleanclaim.reference.published.layout import Cells, Header, Row, find_header
from cleanclaim.reference.published.opening import Part, PublishedFileError
from cleanclaim.reference.published.table import Asked, Table, below, titles, year_of

COUNTIES = pl.Schema({"locality": pl.String(), "state": pl.String(), "area": pl.String(), "counties": pl.String()})
"""Columns of the counties of a year: locality ("MAC-number"), the state's name, its area and counties as printed."""

ZIP_CODES = pl.Schema(
    {
        "zip": pl.String(),
        "state": pl.String(),
        "locality": pl.String(),
        "rural": pl.String(),
        "needs_plus_4": pl.Boolean(),
    }
)
"""Columns of the ZIP codes of a quarter; `needs_plus_4`: the five digits lie in several localities."""

_COLUMNS = {
    "mac": r"medicare admin\w* contractor.*|mac",
    "number": r"locality number",
    "state": r"state",
    "area": r"fee schedule area|locality name",
    "counties": r"counties",
}
_ZIP_ROW = re.compile(
    rb"(?P<state>[A-Z]{2})(?P<zip>\d{5})(?P<mac>\d{5})(?P<number>\d{2})(?P<rural>[ RB])(?P<lab>[ 0-9A-Z]{2})"
    rb"[ A-Z]{3}(?P<plus>[01]).{54}(?P<edition>\d{5})"
)
_ZIP_FIELDS = (("state", 2), ("zip", 7), ("carrier", 12), ("locality", 14), ("rural", 15), ("plus four flag", 21))
_ZIP_WIDTH = 80
_WIDE = {"mac": 5, "number": 2}
_MONTHS_OF_QUARTER = 3


def recognize(part: Part, head: Sequence[Row]) -> Kind | None:
    """Whether the part holds counties or ZIP codes by locality."""
    first = part.data[: _ZIP_WIDTH + 2].splitlines()[0] if part.data else b""
    if _ZIP_ROW.fullmatch(first.ljust(_ZIP_WIDTH)):
        return Kind.ZIP_LOCALITIES
    return Kind.LOCALITY_COUNTIES if _header(part, head) else None


def read(part: Part, head: Sequence[Row], asked: Asked, kind: Kind) -> Table:
    """Read a year of counties, or a quarter of ZIP codes.

    Raises:
        PublishedFileError: a cell or a line is not laid out as expected, or is cut off.
    """
    return _zip_codes(part, kind) if kind is Kind.ZIP_LOCALITIES else _counties(part, head, asked, kind)


def _counties(part: Part, head: Sequence[Row], asked: Asked, kind: Kind) -> Table:
    header = _header(part, head)
    if header is None:
        raise PublishedFileError(f"{part.name}: no heading of localities; expected {', '.join(_COLUMNS)}")
    year = year_of(part, asked, titles(head, header.row))
    rows: list[tuple[str, str, str, str]] = []
    state = ""
    for row in below(part, header.row):
        # Notes below the table fill one cell.
        if row.filled() == 1:
            continue
        cells = Cells(part, header, row)
        # A state is printed on its first locality only.
        state = cells.text("state") or state
        mac, number = (_digits(cells, name) for name in ("mac", "number"))
        rows.append((f"{mac}-{number}", state, cells.text("area"), cells.text("counties")))
    if not rows:
        raise PublishedFileError(f"{part.name}: a heading and no localities")
    begins = date(year, 1, 1)
    frame = pl.DataFrame(rows, schema=COUNTIES, orient="row").sort("locality", "state", "counties")
    return Table(kind, begins, begins, last_of_year(begins), frame, parts=(part,))


def _digits(cells: Cells, field: str) -> str:
    text, width = cells.text(field), _WIDE[field]
    if not (text.isascii() and text.isdigit() and len(text) <= width):
        raise cells.refused(field, f"{text!r}; expected {width} digits")
    return text.zfill(width)


def _zip_codes(part: Part, kind: Kind) -> Table:
    rows = []
    editions: set[bytes] = set()
    for number, line in enumerate(io.BytesIO(part.data), start=1):
        text = line.rstrip(b"\r\n\x1a")
        if not text:
            continue
        match = _ZIP_ROW.fullmatch(text)
        if match is None:
            raise PublishedFileError(f"{part.name}, row {number}, field {_zip_field(text)}: not laid out as expected")
        editions.add(match["edition"])
        found = {name: value.decode("ascii") for name, value in match.groupdict().items()}
        locality = f"{found['mac']}-{found['number']}"
        rows.append((found["zip"], found["state"], locality, found["rural"].strip(), found["plus"] == "1"))
    if len(editions) != 1:
        said = ", ".join(sorted(edition.decode() for edition in editions))
        raise PublishedFileError(f"{part.name}: rows of several quarters ({said}); expected one")
    [edition] = editions
    year, quarter = int(edition[:4]), int(edition[4:])
    if not 1 <= quarter <= 4:  # noqa: PLR2004 - quarters of a year
        raise PublishedFileError(f"{part.name}, row 1, field year and quarter: {edition.decode()!r}; expected YYYYQ")
    begins = date(year, _MONTHS_OF_QUARTER * (quarter - 1) + 1, 1)
    frame = pl.DataFrame(rows, schema=ZIP_CODES, orient="row").sort("zip", "locality")
    twice = frame.filter(pl.struct("zip", "locality").is_duplicated())
    if twice.height:
        raise PublishedFileError(f"{part.name}: ZIP code {twice['zip'][0]} comes twice for one locality")
    return Table(kind, begins, begins, last_of_quarter(begins), frame, parts=(part,))


def _zip_field(line: bytes) -> str:
    """The first field that a line of another width lacks, or that a line of the right width has wrong."""
    if len(line) < _ZIP_WIDTH:
        return next((name for name, end in _ZIP_FIELDS if len(line) < end), "year and quarter")
    patterns = (rb"[A-Z]{2}", rb"\d{5}", rb"\d{5}", rb"\d{2}", rb"[ RB]", rb".{5}[01]")
    start = 0
    for (name, end), pattern in zip(_ZIP_FIELDS, patterns, strict=True):
        if not re.fullmatch(pattern, line[start:end]):
            return name
        start = end
    return "year and quarter"


def _header(part: Part, head: Sequence[Row]) -> Header | None:
    return find_header(part, head, _COLUMNS)
