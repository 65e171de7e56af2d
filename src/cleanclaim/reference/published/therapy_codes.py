"""Medicare's therapy code list of a year: which codes are always therapy, and which are sometimes.

Read are the column of codes and the column of dispositions, whose words begin with always or sometimes; a code may
stand several times with one disposition. Descriptions are left behind.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

import polars as pl

from cleanclaim.reference.published.dating import last_of_year
from cleanclaim.reference.published.kinds import Kind
from cleanclaim.reference.published.layout import PROCEDURE_CODE, Cells, Header, Row, find_header
from cleanclaim.reference.published.opening import Part, PublishedFileError
from cleanclaim.reference.published.table import Asked, Table, below, titles, year_of

SCHEMA = pl.Schema({"code": pl.String(), "therapy": pl.String()})
"""Columns of a kept year, sorted by code; `therapy` is "always" or "sometimes"."""

_COLUMNS = {
    "code": r"(?:cpt|hcpcs)?[ /]*(?:cpt|hcpcs)? ?codes?|hcpcs|cpt",
    "disposition": r"(?:code |therapy )?dispositions?|always ?/ ?sometimes(?: therapy)?|therapy (?:type|designation)",
}
_ALWAYS = re.compile(r"\balways\b", re.IGNORECASE)
_SOMETIMES = re.compile(r"\bsometimes\b", re.IGNORECASE)
_MARKS = re.compile(r"[*+^■▲§\s]+")


def recognize(part: Part, head: Sequence[Row]) -> Kind | None:
    """Whether the part is a therapy code list."""
    return Kind.THERAPY_CODES if _header(part, head) else None


def read(part: Part, head: Sequence[Row], asked: Asked, kind: Kind) -> Table:
    """Read a year.

    Raises:
        PublishedFileError: a code has no disposition, or two; a row is cut off; as `year_of`.
    """
    header = _header(part, head)
    if header is None:
        raise PublishedFileError(f"{part.name}: no heading of therapy codes; expected a code and a disposition")
    year = year_of(part, asked, titles(head, header.row))
    found: dict[str, str] = {}
    for row in below(part, header.row):
        cells = Cells(part, header, row)
        code = _MARKS.sub("", cells.text("code")).upper()
        if not PROCEDURE_CODE.fullmatch(code):
            # A heading of a section, or a note, has no disposition beside it.
            if row.filled() == 1 or not cells.text("disposition"):
                continue
            raise cells.refused("code", f"{cells.text('code')!r}; expected a procedure code")
        therapy = cells.parsed("disposition", _therapy, "a disposition of always or sometimes therapy")
        if found.setdefault(code, therapy) != therapy:
            raise cells.refused("disposition", f"{code} is {therapy} therapy here and {found[code]} above")
    if not found:
        raise PublishedFileError(f"{part.name}: a heading and no therapy codes")
    begins = date(year, 1, 1)
    frame = pl.DataFrame(sorted(found.items()), schema=SCHEMA, orient="row")
    return Table(kind, begins, begins, last_of_year(begins), frame, parts=(part,))


def _therapy(text: str) -> str | None:
    """`always` or `sometimes`; None where the words say neither or both."""
    always, sometimes = bool(_ALWAYS.search(text)), bool(_SOMETIMES.search(text))
    if always == sometimes:
        return None
    return "always" if always else "sometimes"


def _header(part: Part, head: Sequence[Row]) -> Header | None:
    return find_header(part, head, _COLUMNS)
