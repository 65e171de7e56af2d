"""The relative value file (PPRRVU): every code of the physician fee schedule, its values, status and indicators.

Headings are stacked over several rows below a title and notices of copyright. Columns are found by them, so their
order and number may change (2026 has one more than 2025). Descriptions are left behind: they are the American Medical
Association's.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from cleanclaim.money import CONVERSION_FACTOR_SCALE, RVU_SCALE
from cleanclaim.reference.published.dating import first_day, last_of_year
from cleanclaim.reference.published.kinds import Kind
from cleanclaim.reference.published.layout import Row, cell_at, decimal_at, refused_at, rows, spaced
from cleanclaim.reference.published.opening import Part, PublishedFileError
from cleanclaim.reference.published.table import Asked, Table, names_of, titles

# Header of the published file, its lines stacked → our column.
_PPRRVU_TEXT = {
    "HCPCS": "code",
    "MOD": "modifier",
    "STATUS CODE": "status",
    "PCTC IND": "pctc",
    "MULT PROC": "multiple_procedure",
    "GLOB DAYS": "global",
}
_PPRRVU_SCALED = {
    "WORK RVU": ("work", RVU_SCALE),
    "NON-FAC PE RVU": ("pe_nonfacility", RVU_SCALE),
    "FACILITY PE RVU": ("pe_facility", RVU_SCALE),
    "MP RVU": ("mp", RVU_SCALE),
    "CONV FACTOR": ("conversion_factor_e4", CONVERSION_FACTOR_SCALE),
}
_PPRRVU_MARKS = {
    "NON-FAC NA INDICATOR": ("na_nonfacility", "NA"),
    "FACILITY NA INDICATOR": ("na_facility", "NA"),
    "NOT USED FOR MEDICARE PAYMENT": ("not_used_for_medicare", "+"),
}


def recognize(part: Part, head: Sequence[Row]) -> Kind | None:  # noqa: ARG001 - readers share a signature
    """Whether the part is a relative value file."""
    top = _top(head)
    if top is None:
        return None
    stacked = [spaced(header) for header in _stack([row for row in head if row.number <= top])]
    return Kind.RELATIVE_VALUES if {"WORK RVU", "MP RVU", "CONV FACTOR"} <= set(stacked) else None


def read(part: Part, head: Sequence[Row], asked: Asked, kind: Kind) -> Table:
    """Read a release. Its values hold from its first day through the year, until a later release is loaded.

    Of two files that differ in the conversion factor the one for clinicians who are no qualifying participants of
    an alternative payment model is meant; the other's factor is dropped, told by its name.

    Raises:
        PublishedFileError: as `values_of`, the user says another year than the title, or nothing tells the release.
    """
    top = _top(head)
    said = titles(head, top) if top is not None else ()
    title = next((text for text in said if "release" in text.lower()), "")
    titled = first_day((title,))
    # Within its year a release may be put in force on another day, as that of March 9, 2024 was.
    if titled is not None and asked.begins is not None and titled.year != asked.begins.year:
        raise PublishedFileError(f"{part.name}: its title says {titled.year}; --from says {asked.begins.year}")
    begins = asked.begins or titled or first_day(names_of(part))
    if begins is None:
        raise PublishedFileError(f"{part.name}: neither its title nor its name tells the release; say it with --from")
    frame = values_of(part)
    name = " ".join(names_of(part)).lower()
    qualifying = "qpp" in name and "nonqpp" not in name and "non-qpp" not in name and "non_qpp" not in name
    if qualifying:
        frame = frame.with_columns(pl.lit(None, pl.Int64).alias("conversion_factor_e4"))
    note = "For qualifying participants: its conversion factor is not used." if qualifying else ""
    return Table(kind, begins, begins, last_of_year(begins), frame, " ".join(title.split()), note, (part,))


def read_pprrvu(path: Path) -> pl.DataFrame:
    """Read a relative value file by its path; see `values_of`."""
    return values_of(Part(path.name, path, path.read_bytes()))


def values_of(part: Part) -> pl.DataFrame:
    """Every row of a relative value file.

    Returns:
        code, modifier ("" is none), status, pctc, multiple_procedure, global (String); work, pe_nonfacility,
        pe_facility, mp (Int64 at 10⁻²); conversion_factor_e4 (Int64 at 10⁻⁴); na_nonfacility, na_facility,
        not_used_for_medicare (Boolean).

    Raises:
        PublishedFileError: A header is absent, a cell is not what its column holds, or a code comes twice.
    """
    lines = list(rows(part))
    top = _top(lines)
    if top is None:
        raise PublishedFileError(f"{part.name}: no row begins with HCPCS; expected the header of a PPRRVU file")
    stacked = _stack([row for row in lines if row.number <= top])
    places = {label: _place(part, stacked, label) for label in (*_PPRRVU_TEXT, *_PPRRVU_SCALED, *_PPRRVU_MARKS)}
    found: dict[str, list[Any]] = {
        name: []
        for name in (*_PPRRVU_TEXT.values(), *(name for name, _ in (*_PPRRVU_SCALED.values(), *_PPRRVU_MARKS.values())))
    }
    seen: set[tuple[str, str]] = set()
    for row in lines:
        if row.number <= top or not row.filled():
            continue
        number = row.number
        cells = {label: cell_at(part, row, place, label) for label, place in places.items()}
        key = (cells["HCPCS"], cells["MOD"])
        if key in seen:
            raise PublishedFileError(f"{part.name}, row {number}: {' '.join(key).strip()} comes a second time")
        seen.add(key)
        for label, name in _PPRRVU_TEXT.items():
            found[name].append(cells[label])
        for label, (name, scale) in _PPRRVU_SCALED.items():
            found[name].append(decimal_at(part, number, label, cells[label], scale))
        for label, (name, mark) in _PPRRVU_MARKS.items():
            if cells[label] not in ("", mark):
                raise refused_at(part, number, label, cells[label], f"{mark} or nothing")
            found[name].append(cells[label] == mark)
    types = dict.fromkeys(_PPRRVU_TEXT.values(), pl.String)
    numbers = {name: pl.Int64 for name, _ in _PPRRVU_SCALED.values()}
    marks = {name: pl.Boolean for name, _ in _PPRRVU_MARKS.values()}
    return pl.DataFrame(found, schema={**types, **numbers, **marks})


def _top(head: Sequence[Row]) -> int | None:
    """The number of the heading row that begins with HCPCS."""
    return next((row.number for row in head if row.cells and row.cells[0].strip() == "HCPCS"), None)


def _stack(head: Sequence[Row]) -> list[str]:
    """The header of each column: its cells above one another, joined."""
    # The title, the notices of copyright and the day of release stand alone in their rows.
    header = [row.cells for row in head if row.filled() > 1]
    width = max(len(row) for row in header)
    return [
        " ".join(row[place].strip() for row in header if place < len(row) and row[place].strip())
        for place in range(width)
    ]


def _place(part: Part, stacked: Sequence[str], label: str) -> int:
    """Where the column of that header stands."""
    places = [place for place, header in enumerate(stacked) if spaced(header) == label]
    if len(places) != 1:
        count = "no column" if not places else f"{len(places)} columns"
        raise PublishedFileError(f"{part.name}: {count} with the header {label!r}; expected one")
    return places[0]
