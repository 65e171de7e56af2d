"""Geographic practice cost indices (Addendum E): one row per payment locality of a year.

Headings carry the year and asterisks; names carry the asterisks of footnotes, which are dropped.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import polars as pl

from cleanclaim.money import GPCI_SCALE
from cleanclaim.reference.published.dating import last_of_year
from cleanclaim.reference.published.kinds import Kind
from cleanclaim.reference.published.layout import Row, cell_at, decimal_at, refused_at, rows, spaced
from cleanclaim.reference.published.opening import Part, PublishedFileError
from cleanclaim.reference.published.table import Asked, Table, titles, year_of

SCHEMA = pl.Schema(
    {
        "locality": pl.String(),
        "state": pl.String(),
        "name": pl.String(),
        "work": pl.Int64(),
        "pe": pl.Int64(),
        "mp": pl.Int64(),
    }
)
"""Columns of a kept year; indices at 10⁻³."""

_GPCI_HEADERS = {
    "mac": re.compile(r"medicare administrative contractor.*|mac", re.IGNORECASE),
    "state": re.compile(r"state", re.IGNORECASE),
    "number": re.compile(r"locality[ _]number", re.IGNORECASE),
    "name": re.compile(r"locality[ _]name", re.IGNORECASE),
    "work": re.compile(r"(\d{4} )?pw gpci( \(with 1\.0 floor\))?\**|gpci_work", re.IGNORECASE),
    "pe": re.compile(r"(\d{4} )?pe gpci\**|gpci_pe", re.IGNORECASE),
    "mp": re.compile(r"(\d{4} )?mp gpci\**|gpci_mp", re.IGNORECASE),
}


def recognize(part: Part, head: Sequence[Row]) -> Kind | None:  # noqa: ARG001 - readers share a signature
    """Whether the part holds indices by locality."""
    header = next((row for row in head if _is_header(row)), None)
    if header is None:
        return None
    cells = [spaced(cell) for cell in header.cells]
    found = all(any(_GPCI_HEADERS[name].fullmatch(cell) for cell in cells) for name in ("work", "pe", "mp"))
    return Kind.GEOGRAPHIC_INDICES if found else None


def read(part: Part, head: Sequence[Row], asked: Asked, kind: Kind) -> Table:
    """Read a year.

    Raises:
        PublishedFileError: as `indices_of` and `year_of`.
    """
    header = next((row for row in head if _is_header(row)), None)
    said = () if header is None else (*titles(head, header.number), *header.cells)
    year = year_of(part, asked, said)
    begins = date(year, 1, 1)
    return Table(kind, begins, begins, last_of_year(begins), indices_of(part), parts=(part,))


def read_gpci(path: Path) -> pl.DataFrame:
    """Read a file of indices by its path; see `indices_of`."""
    return indices_of(Part(path.name, path, path.read_bytes()))


def indices_of(part: Part) -> pl.DataFrame:
    """Every row of a file of geographic practice cost indices.

    Returns:
        locality ("MAC-number"), state ("" where the file has no such column), name (String); work, pe, mp
        (Int64 at 10⁻³). Asterisks of footnotes are dropped; footnotes are passed over.

    Raises:
        PublishedFileError: A header is absent, a cell is not what its column holds, or a locality comes twice.
    """
    lines = list(rows(part))
    top = next((row for row in lines if _is_header(row)), None)
    if top is None:
        raise PublishedFileError(f"{part.name}: no row has a column Locality Number; expected the header of Addendum E")
    header = [spaced(cell) for cell in top.cells]
    places = {}
    for name, pattern in _GPCI_HEADERS.items():
        places[name] = next((place for place, cell in enumerate(header) if pattern.fullmatch(cell)), None)
        if places[name] is None and name != "state":
            raise PublishedFileError(
                f"{part.name}, row {top.number}: no column for {name}; the header is {', '.join(header)}"
            )
    found: list[tuple[str, str, str, int, int, int]] = []
    for row in lines:
        # A footnote fills the first cell only, and an empty row none.
        if row.number <= top.number or row.filled() <= 1:
            continue
        number = row.number
        cells = {name: "" if place is None else cell_at(part, row, place, name) for name, place in places.items()}
        locality = f"{_digits(part, number, 'mac', cells, 5)}-{_digits(part, number, 'number', cells, 2)}"
        if any(other[0] == locality for other in found):
            raise PublishedFileError(f"{part.name}, row {number}: locality {locality} comes a second time")
        work, pe, mp = (decimal_at(part, number, name, cells[name], GPCI_SCALE) for name in ("work", "pe", "mp"))
        found.append((locality, cells["state"], cells["name"].rstrip("* "), work, pe, mp))
    return pl.DataFrame(found, schema=SCHEMA, orient="row")


def _is_header(row: Row) -> bool:
    return any(_GPCI_HEADERS["number"].fullmatch(spaced(cell)) for cell in row.cells)


def _digits(part: Part, number: int, name: str, cells: Mapping[str, str], width: int) -> str:
    """A number of fixed width, whose leading zeros a spreadsheet may have eaten."""
    text = cells[name]
    if not text.isascii() or not text.isdigit() or len(text) > width:
        raise refused_at(part, number, name, text, f"{width} digits")
    return text.zfill(width)
