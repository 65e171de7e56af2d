"""Medically unlikely edits: one row per code, below a notice of copyright that fills the first cell."""

from __future__ import annotations

import re
from collections.abc import Sequence

import polars as pl

from cleanclaim.reference.published.dating import last_of_quarter
from cleanclaim.reference.published.kinds import Kind
from cleanclaim.reference.published.layout import Cells, Header, Row, find_header
from cleanclaim.reference.published.opening import Part, PublishedFileError
from cleanclaim.reference.published.table import (
    Asked,
    Table,
    below,
    first_day_of,
    names_of,
    plain,
    reasons,
    titles,
)

SCHEMA = pl.Schema({"code": pl.String(), "units": pl.Int64(), "mai": pl.Int64(), "reason": pl.String()})
"""Columns of a kept edition, sorted by code: most units, how they are counted (1, 2 or 3), our key of the reason."""

_COLUMNS = {
    "code": r"hcpcs/ ?cpt code|hcpcs[ _]code",
    "units": r".*services mue values?|.*mue values?|mue_units",
    "mai": r"mue adjudication indicator|mue_mai",
    "rationale": r"mue rationale|mue_rationale",
    "service": r"mue_service",
}
_OPTIONAL = frozenset({"service"})
_MAI = re.compile(r"([123])(?:\D.*)?", re.DOTALL)


def recognize(part: Part, head: Sequence[Row]) -> Kind | None:
    """Whether the part holds unit limits; of which services, the heading of the values tells, else the name."""
    header = _header(part, head)
    if header is None:
        return None
    heading = next(row for row in head if row.number == header.row).cells[header.places["units"]].lower()
    said = f"{heading} {' '.join(names_of(part)).lower()}"
    if "dme" in said:
        return None
    return Kind.MUE_OUTPATIENT if "outpatient" in said or "facility" in said else Kind.MUE_PRACTITIONER


def read(part: Part, head: Sequence[Row], asked: Asked, kind: Kind) -> Table:
    """Read an edition.

    Raises:
        PublishedFileError: a cell is not what its column holds, a row is cut off, or a code comes twice.
    """
    header = _header(part, head)
    if header is None:
        raise PublishedFileError(f"{part.name}: no heading of unit limits; expected {', '.join(_COLUMNS.values())}")
    keys = reasons("limits")
    found: dict[str, tuple[str, int, int, str]] = {}
    for row in below(part, header.row):
        cells = Cells(part, header, row)
        # Notices below the table fill one cell.
        if row.filled() == 1 and " " in cells.text("code"):
            continue
        code = cells.code("code")
        mai = cells.parsed("mai", _indicator, "an indicator that begins with 1, 2 or 3")
        if code in found:
            raise cells.refused("code", f"{code} comes a second time")
        found[code] = (code, cells.number("units"), mai, keys.get(plain(cells.text("rationale")), ""))
    if not found:
        raise PublishedFileError(f"{part.name}: a heading and no limits")
    begins = first_day_of(part, asked, titles(head, header.row))
    frame = pl.DataFrame([found[code] for code in sorted(found)], schema=SCHEMA, orient="row")
    return Table(kind, begins, begins, last_of_quarter(begins), frame, parts=(part,))


def _header(part: Part, head: Sequence[Row]) -> Header | None:
    return find_header(part, head, _COLUMNS, _OPTIONAL)


def _indicator(text: str) -> int | None:
    match = _MAI.fullmatch(text)
    return int(match[1]) if match else None
