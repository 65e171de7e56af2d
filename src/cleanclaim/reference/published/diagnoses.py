"""ICD-10-CM as published: the order file (fixed width), its addenda, and the notes of the tabular list (XML)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

import polars as pl

from cleanclaim.reference.icd10.data import CATEGORY, code_list
from cleanclaim.reference.icd10.notes_reading import Index, TabularError, code_first_rows, excludes1_rows, read_tabular
from cleanclaim.reference.published.dating import calendar_year, first_day, fiscal_year_of
from cleanclaim.reference.published.kinds import Kind
from cleanclaim.reference.published.layout import Row, decode
from cleanclaim.reference.published.opening import Part, PublishedFileError
from cleanclaim.reference.published.table import Asked, Table, names_of

CODES = pl.Schema({"code": pl.String(), "is_billable": pl.Boolean(), "label": pl.String()})
"""Columns of a kept order file, sorted by code: a header is not billable; the label is the official title."""

ADDENDA = pl.Schema({"action": pl.String(), "code": pl.String(), "is_billable": pl.Boolean(), "label": pl.String()})
"""Columns of kept addenda: `action` is "add" or "delete". A revised title is deleted and added."""

NOTES = pl.Schema(
    {
        "note_kind": pl.String(),
        "owner": pl.String(),
        "excluded": pl.String(),
        "seventh": pl.String(),
        "place": pl.String(),
        "note": pl.String(),
    }
)
"""Columns of kept notes. `note_kind` is "excludes1", "required" or "where_it_applies" (code first), or "seventh"."""

_ORDER = re.compile(
    r"(?P<number>\d{5}) (?P<code>[A-Z][0-9A][0-9A-Z]{1,5}) +(?P<flag>[01]) (?P<short>.{60}) (?P<long>\S.*)"
)
_ORDER_FIELDS = (
    (0, 5, "order number", r"\d{5}"),
    (6, 13, "code", r"[A-Z][0-9A][0-9A-Z]{1,5} *"),
    (14, 15, "header", r"[01]"),
)
_ADDENDUM = re.compile(
    r"(?P<action>Add|Delete|Revise from|Revise to): +(?P<flag>[01]) (?P<code>[A-Z][0-9A][0-9A-Z]{1,5})"
    r" +(?P<titles>\S.*)"
)
_ACTIONS = {"Add": "add", "Delete": "delete", "Revise from": "delete", "Revise to": "add"}
_COUNTS = {"Add": "additions", "Delete": "deletions", "Revise from": "revisions"}
_COUNTED = ("additions", "deletions", "revisions")
_STATED = re.compile(r" +(?P<count>\d+) (?P<what>additions|deletions|revisions)")
_SHORT = 60
_FIELDS = 15
_TITLE_AT = 77
_OCTOBER = 10
_XML = re.compile(rb"\s*(?:\xef\xbb\xbf)?<\?xml.{0,2000}?<ICD10CM\.tabular", re.DOTALL)


def recognize(part: Part, head: Sequence[Row]) -> Kind | None:  # noqa: ARG001 - readers share a signature
    """Whether the part is an order file, addenda to one, or the tabular list."""
    if _XML.match(part.data[:4096]):
        return Kind.ICD10_NOTES
    first = next((line for line in decode(part.data[:8192]).splitlines() if line.strip()), "")
    if _ADDENDUM.match(first):
        return Kind.ICD10_ADDENDA
    return Kind.ICD10_CODES if _ORDER.match(first) else None


def read(part: Part, head: Sequence[Row], asked: Asked, kind: Kind) -> Table:  # noqa: ARG001 - as above
    """Read an edition.

    Raises:
        PublishedFileError: a line is not laid out as expected or is cut off, a code comes twice, the XML is damaged,
            or nothing tells the edition.
    """
    if kind is Kind.ICD10_NOTES:
        return _notes(part, asked)
    frame = _addenda(part) if kind is Kind.ICD10_ADDENDA else _codes(part)
    begins = _begins(part, asked, "")
    return Table(kind, begins, begins, fiscal_year_of(begins)[1], frame, parts=(part,))


def _begins(part: Part, asked: Asked, version: str) -> date:
    """The first day of the edition: a day in the name, else October 1 before the fiscal year it names."""
    found = asked.begins or first_day(names_of(part))
    if found is not None:
        return found
    year = calendar_year((*names_of(part), version))
    if year is None:
        raise PublishedFileError(f"{part.name}: its name tells no fiscal year; say its first day with --from")
    return date(year - 1, _OCTOBER, 1)


def _lines(part: Part) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(decode(part.data).splitlines(), start=1):
        if line.strip("\x1a "):
            yield number, line


def _codes(part: Part) -> pl.DataFrame:
    found: dict[str, tuple[str, bool, str]] = {}
    for number, line in _lines(part):
        match = _ORDER.fullmatch(line.rstrip())
        if match is None:
            raise PublishedFileError(f"{part.name}, row {number}, field {_order_field(line)}: not laid out as expected")
        code = match["code"]
        if code in found:
            raise PublishedFileError(f"{part.name}, row {number}, field code: {code} comes a second time")
        found[code] = (code, match["flag"] == "1", " ".join(match["long"].split()))
    lacking = sorted(code[:CATEGORY] for code in found if code[:CATEGORY] not in found)
    if lacking:
        raise PublishedFileError(f"{part.name}: codes of {lacking[0]} without that category; the file is not whole")
    return pl.DataFrame([found[code] for code in sorted(found)], schema=CODES, orient="row")


def _order_field(line: str) -> str:
    for start, end, name, pattern in _ORDER_FIELDS:
        if not re.fullmatch(pattern, line[start:end]):
            return name
    return "title" if len(line.rstrip()) < _TITLE_AT else "blanks between the fields"


def _addenda(part: Part) -> pl.DataFrame:
    rows = []
    counted = dict.fromkeys(_COUNTED, 0)
    stated = dict.fromkeys(_COUNTED, 0)
    in_summary = False
    for number, line in _lines(part):
        text = line.rstrip()
        in_summary |= text in ("Headers", "Codes")
        if in_summary:
            if match := _STATED.fullmatch(text):
                stated[match["what"]] += int(match["count"])
            continue
        match = _ADDENDUM.fullmatch(text)
        if match is None:
            field = "action" if ":" not in text[:_FIELDS] else "code"
            raise PublishedFileError(f"{part.name}, row {number}, field {field}: not laid out as expected")
        title = match["titles"][_SHORT:].strip() or match["titles"].strip()
        rows.append((_ACTIONS[match["action"]], match["code"], match["flag"] == "1", " ".join(title.split())))
        if match["action"] in _COUNTS:
            counted[_COUNTS[match["action"]]] += 1
    if in_summary and stated != counted:
        wrong = next(what for what in _COUNTED if stated[what] != counted[what])
        raise PublishedFileError(
            f"{part.name}: {counted[wrong]} {wrong}; its own summary says {stated[wrong]}: the file is not whole"
        )
    return pl.DataFrame(rows, schema=ADDENDA, orient="row").unique(maintain_order=True)


def _notes(part: Part, asked: Asked) -> Table:
    try:
        nodes, version = read_tabular(part.data)
    except TabularError as error:
        raise PublishedFileError(f"{part.name}: the XML is damaged or cut off ({error})") from error
    listed = [node.name for node in nodes if node.level == "diag"]
    # Codes of seven characters are not all printed in the list; those known from order files complete it.
    excludes, counts = excludes1_rows(Index(nodes, sorted({*listed, *code_list().codes})))
    first = code_first_rows(nodes)
    blank = pl.lit("")
    frame = pl.concat(
        [
            excludes.select(pl.lit("excludes1").alias("note_kind"), "owner", "excluded", "seventh", "place", "note"),
            first.select(
                pl.col("kind").alias("note_kind"),
                pl.col("prefix").alias("owner"),
                *(blank.alias(name) for name in ("excluded", "seventh", "place")),
                "note",
            ),
            pl.DataFrame(
                [("seventh", node.name, "", node.seventh, "", "") for node in nodes if node.seventh],
                schema=NOTES,
                orient="row",
            ),
        ]
    )
    begins = _begins(part, asked, version)
    left_out = counts["notes_left_out"] + counts["notes_without_a_code"]
    note = f"{left_out} of {counts['notes']} Excludes1 notes name no code that could be told."
    first_day_, last_day = fiscal_year_of(begins)
    kept = frame.select(pl.col(name).cast(dtype) for name, dtype in NOTES.items())
    return Table(Kind.ICD10_NOTES, begins, first_day_, last_day, kept, version, note, (part,))
