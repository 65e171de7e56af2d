"""Code sets of NUCC and X12: provider taxonomy, adjustment reasons and remarks. Codes and dates, no descriptions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

import polars as pl

from cleanclaim.reference.published.dating import first_day
from cleanclaim.reference.published.kinds import Kind
from cleanclaim.reference.published.layout import Cells, Header, Row, find_header
from cleanclaim.reference.published.opening import Part, PublishedFileError
from cleanclaim.reference.published.table import Asked, Table, below, first_day_of, names_of, titles

TAXONOMY = pl.Schema({"code": pl.String(), "is_individual": pl.Boolean()})
"""Columns of a kept version of the taxonomy, sorted by code."""

ADJUSTMENTS = pl.Schema({"code": pl.String(), "started_on": pl.Date(), "stopped_on": pl.Date()})
"""Columns of a kept list of reasons or remarks, sorted by code. From `stopped_on` a code is not used any more."""

FOREVER = date(2099, 12, 31)
"""Code sets have no last day of their own: they hold until another edition is loaded."""

_TAXONOMY = {
    "code": r"code",
    "grouping": r"grouping",
    "classification": r"classification",
    "section": r"section",
}
_TAXONOMY_CODE = re.compile(r"[0-9]{2}[0-9A-Z]{7}X")
_TAXONOMY_VERSION = re.compile(r"taxonomy[_ -]?v?(\d\d)[._]?([01])", re.IGNORECASE)
_GROUP = "Group"
_SECTIONS = {"Individual": True, "Non-Individual": False}
_JULY = 7

_ADJUSTMENTS = {
    "code": r"(?:adj[ _])?code|carc|rarc",
    "kind": r"adj_type|type|list",
    "description": r"(?:adj[ _])?(?:description|meaning|text)",
    "started": r"(?:adj_)?start(?:[ _]?date)?|effective(?: date)?",
    "stopped": r"(?:adj_)?(?:stop|end|deactivat\w+)(?:[ _]?date)?",
}
_OPTIONAL = frozenset({"kind"})
_CARC = re.compile(r"(?![MN])[A-Z]?\d{1,3}")
_RARC = re.compile(r"(?:M[A]?|N)\d{1,3}")
_GROUP_CODES = frozenset({"CO", "CR", "OA", "PI", "PR"})


def recognize(part: Part, head: Sequence[Row]) -> Kind | None:
    """Which code set the part is; reasons and remarks are told apart by their first codes."""
    if find_header(part, head, _TAXONOMY) is not None:
        return Kind.TAXONOMY
    header = _adjustment_header(part, head)
    if header is None:
        return None
    codes = [Cells(part, header, row).text("code").upper() for row in head if row.number > header.row and row.filled()]
    codes = [code for code in codes if code not in _GROUP_CODES]
    if codes and all(_RARC.fullmatch(code) for code in codes):
        return Kind.REMITTANCE_REMARKS
    return Kind.ADJUSTMENT_REASONS if codes and all(_CARC.fullmatch(code) for code in codes) else None


def read(part: Part, head: Sequence[Row], asked: Asked, kind: Kind) -> Table:
    """Read a code set.

    Raises:
        PublishedFileError: a code is not of its form or comes twice, a date is none, or nothing tells the edition.
    """
    return _taxonomy(part, head, asked, kind) if kind is Kind.TAXONOMY else _adjustments(part, head, asked, kind)


def _taxonomy(part: Part, head: Sequence[Row], asked: Asked, kind: Kind) -> Table:
    header = find_header(part, head, _TAXONOMY)
    if header is None:
        raise PublishedFileError(f"{part.name}: no heading of taxonomy codes; expected {', '.join(_TAXONOMY)}")
    found: dict[str, tuple[str, bool]] = {}
    for row in below(part, header.row):
        cells = Cells(part, header, row)
        code = cells.text("code").upper()
        if not _TAXONOMY_CODE.fullmatch(code) or code in found:
            raise cells.refused("code", f"{code!r}; expected a taxonomy code of ten characters, once")
        if cells.text("section") not in _SECTIONS:
            raise cells.refused("section", f"{cells.text('section')!r}; expected Individual or Non-Individual")
        # Groups stand in the section of individuals, and are none.
        is_individual = _SECTIONS[cells.text("section")] and cells.text("grouping") != _GROUP
        found[code] = (code, is_individual)
    if not found:
        raise PublishedFileError(f"{part.name}: a heading and no taxonomy codes")
    begins = asked.begins or _version_day(part) or first_day((*names_of(part), *titles(head, header.row)))
    if begins is None:
        raise PublishedFileError(f"{part.name}: its name tells no version; say its first day with --from")
    frame = pl.DataFrame([found[code] for code in sorted(found)], schema=TAXONOMY, orient="row")
    return Table(kind, begins, begins, FOREVER, frame, parts=(part,))


def _version_day(part: Part) -> date | None:
    """Version 25.1 is that of July 2025, and 26.0 that of January 2026."""
    for name in names_of(part):
        if match := _TAXONOMY_VERSION.search(name):
            return date(2000 + int(match[1]), _JULY if match[2] == "1" else 1, 1)
    return None


def _adjustments(part: Part, head: Sequence[Row], asked: Asked, kind: Kind) -> Table:
    header = _adjustment_header(part, head)
    if header is None:
        raise PublishedFileError(f"{part.name}: no heading of adjustment codes; expected code, start and stop")
    wanted, form = ("RARC", _RARC) if kind is Kind.REMITTANCE_REMARKS else ("CARC", _CARC)
    found: dict[str, tuple[str, date | None, date | None]] = {}
    for row in below(part, header.row):
        cells = Cells(part, header, row)
        code = cells.text("code").upper()
        # A notice below the list fills one cell, and some lists hold reasons and remarks together.
        if (row.filled() == 1 and " " in code) or cells.text("kind").upper() not in ("", wanted):
            continue
        if not form.fullmatch(code):
            raise cells.refused("code", f"{code!r}; expected a code of this list")
        if code in found:
            raise cells.refused("code", f"{code} comes a second time")
        found[code] = (code, cells.day("started"), cells.day("stopped"))
    if not found:
        raise PublishedFileError(f"{part.name}: a heading and no codes")
    begins = first_day_of(part, asked, titles(head, header.row))
    frame = pl.DataFrame([found[code] for code in sorted(found)], schema=ADJUSTMENTS, orient="row")
    return Table(kind, begins, begins, FOREVER, frame, parts=(part,))


def _adjustment_header(part: Part, head: Sequence[Row]) -> Header | None:
    return find_header(part, head, _ADJUSTMENTS, _OPTIONAL)
