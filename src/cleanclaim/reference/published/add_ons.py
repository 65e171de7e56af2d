"""Add-on code edits: which codes are paid only beside another, and beside which.

Three types: 1, every base code is listed; 2, none is (`CCCCC`: the contractor decides); 3, some are. Days are written
as year and day of the year. The spreadsheet is read; the fixed-width text beside it has no headings and is passed over.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from cleanclaim.reference.published.dating import last_of_quarter
from cleanclaim.reference.published.kinds import Kind
from cleanclaim.reference.published.layout import Cells, Header, Row, find_header
from cleanclaim.reference.published.opening import Part, PublishedFileError
from cleanclaim.reference.published.table import Asked, Table, below, first_day_of, titles

SCHEMA = pl.Schema(
    {
        "add_on_code": pl.String(),
        "primary_code": pl.String(),
        "type": pl.Int64(),
        "begins_on": pl.Date(),
        "ended_on": pl.Date(),
    }
)
"""Columns of a kept edition; `primary_code` null: the contractor decides. Sorted by both codes and first day."""

_COLUMNS = {
    "add_on_code": r"add[- _]?on[ _]code",
    "primary_code": r"primary[ _]code",
    "type": r"(?:aoc[ _])?edit[ _]type|aoc_edit_type",
    "add_on_ends": r"(?:aoc|add[- _]?on[ _]code)[ _]del(?:etion)?[ _](?:dt|date)(?:[ _]julian)?",
    "primary_ends": r"primary[ _]code[ _]del(?:etion)?[ _](?:dt|date)(?:[ _]julian)?",
    "begins": r"aoc[ _]edit[ _]eff(?:ective)?[ _](?:dt|date)(?:[ _]julian)?",
    "ends": r"aoc[ _]edit[ _]del(?:etion)?[ _](?:dt|date)(?:[ _]julian)?",
    "note": r"special[ _]instruction.*",
}
_OPTIONAL = frozenset({"add_on_ends", "primary_ends", "begins", "ends", "note"})
_BY_CONTRACTOR = "CCCCC"
_TYPES = ("1", "2", "3")


def recognize(part: Part, head: Sequence[Row]) -> Kind | None:
    """Whether the part holds add-on codes."""
    return None if _header(part, head) is None else Kind.ADD_ON_CODES


def read(part: Part, head: Sequence[Row], asked: Asked, kind: Kind) -> Table:
    """Read an edition; rows that repeat one another are one.

    Raises:
        PublishedFileError: a cell is not what its column holds, or a row is cut off.
    """
    header = _header(part, head)
    if header is None:
        raise PublishedFileError(f"{part.name}: no heading of add-on codes; expected an add-on and a primary code")
    is_dated = {"begins", "ends"} <= set(header.places)
    rows = []
    for row in below(part, header.row):
        cells = Cells(part, header, row)
        by_contractor = cells.text("primary_code").upper() == _BY_CONTRACTOR
        if cells.text("type") not in _TYPES:
            raise cells.refused("type", f"{cells.text('type')!r}; expected 1, 2 or 3")
        ends = [day for name in ("ends", "add_on_ends", "primary_ends") if (day := cells.day(name)) is not None]
        rows.append(
            (
                cells.code("add_on_code"),
                None if by_contractor else cells.code("primary_code"),
                int(cells.text("type")),
                cells.day("begins"),
                min(ends, default=None),
            )
        )
    if not rows:
        raise PublishedFileError(f"{part.name}: a heading and no add-on codes")
    begins = first_day_of(part, asked, titles(head, header.row))
    frame = pl.DataFrame(rows, schema=SCHEMA, orient="row").unique().sort(list(SCHEMA))
    first = frame.get_column("begins_on").drop_nulls().to_list()
    valid_from = min(first, default=begins) if is_dated else begins
    return Table(kind, begins, min(valid_from, begins), last_of_quarter(begins), frame, parts=(part,))


def _header(part: Part, head: Sequence[Row]) -> Header | None:
    return find_header(part, head, _COLUMNS, _OPTIONAL)
