"""`cleanclaim reference`: which tables there are and how far they reach, and diagnoses by words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from cleanclaim.cli.arguments import DateOption, day_of
from cleanclaim.cli.output import ExitCode, Format, FormatOption, out, unusable, write_json
from cleanclaim.reference import (
    adjustments,
    icd10,
    modifiers,
    mue,
    ncci,
    payers,
    places_of_service,
    procedures,
    taxonomy,
    values,
)
from cleanclaim.reference.lookup import table_record
from cleanclaim.sources import Confidence, Source

EXAMPLE = "cleanclaim reference status"

group = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


def _help(says: str, example: str) -> str:
    return f"{says}\n\nExample:\n\n    {example}"


# --- status ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TableStatus:
    """One table: its rows, the days it speaks for, how far it is known, and how its entries were read.

    `first_day` of `None` means that the first day was not read or that there is none; `horizon` of `None` is a
    standing table, which is not replaced on a day known beforehand.
    """

    name: str
    label: str
    rows: int
    first_day: date | None
    horizon: date | None
    confidence: Mapping[str, int]
    sources: tuple[str, ...]
    note: str = ""


@group.command(
    "status",
    help=_help(
        "Show every table: source, dates covered, horizon, rows, and how surely its entries were read.",
        "cleanclaim reference status",
    ),
)
def status(*, day: DateOption = None, format_: FormatOption = Format.TEXT) -> None:
    """Show every table: source, dates covered, horizon, rows, and how surely its entries were read."""
    on = day_of(day)
    tables = all_tables()
    if format_ is Format.JSON:
        write_json("reference-status", {"date": on, "tables": [_status_json(item, on) for item in tables]})
        return
    shown = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    shown.add_column("table", overflow="fold")
    shown.add_column("rows", justify="right")
    shown.add_column("from", no_wrap=True)
    shown.add_column("through", no_wrap=True)
    shown.add_column("read how")
    for item in tables:
        through = Text("standing" if item.horizon is None else str(item.horizon))
        if _is_past(item, on):
            through.stylize("bold yellow")
            through.append("*")
        begins = Text("" if item.first_day is None else str(item.first_day))
        shown.add_row(_name(item.name), f"{item.rows:,}", begins, through, _counted(item.confidence))
    out.print(shown)
    past = [item for item in tables if _is_past(item, on)]
    if past:
        out.print(Text(f"\n* ends before {on}. An amount is then no data; an edit, its last edition, unconfirmed."))
    out.print(Text("\nSources, with the day each was read: --format json.", "dim"))


def _name(name: str) -> str:
    """A table's name with breaks between its words."""
    is_value = name.startswith("values/")
    return name.removeprefix("values/").replace("_", " ") if is_value else name


def _is_past(item: TableStatus, on: date) -> bool:
    return item.horizon is not None and item.horizon < on


def _status_json(item: TableStatus, on: date) -> dict[str, Any]:
    return {
        "name": item.name,
        "label": item.label,
        "rows": item.rows,
        "first_day": item.first_day,
        "horizon": item.horizon,
        "is_past_horizon": _is_past(item, on),
        "confidence": dict(item.confidence),
        "sources": list(item.sources),
        "note": item.note,
    }


def _counted(confidence: Mapping[str, int]) -> str:
    if len(confidence) == 1:
        return next(iter(confidence))
    return ", ".join(f"{count} {name}" for name, count in confidence.items())


def all_tables() -> list[TableStatus]:
    """Every table of the reference data, codes first, then edits, prices, payers and single values."""
    return [*_code_tables(), *_edit_tables(), *_payment_tables(), _payer_table(), *_value_series()]


def _confidence(sources: Iterable[Source]) -> dict[str, int]:
    counts = Counter(source.confidence for source in sources)
    return {item.value: counts[item] for item in Confidence if counts[item]}


def _of(
    name: str,
    label: str,
    sources: list[Source],
    *,
    rows: int | None = None,
    first_day: date | None = None,
    horizon: date | None = None,
    note: str = "",
) -> TableStatus:
    cited = tuple(dict.fromkeys(source.cite() for source in sources))
    count = len(sources) if rows is None else rows
    return TableStatus(name, label, count, first_day, horizon, _confidence(sources), cited, note)


def _code_tables() -> Iterable[TableStatus]:
    codes = [procedure for code in procedures.all_codes() if (procedure := procedures.get(code)) is not None]
    yield _of("procedures", "procedure codes", [item.source for item in codes], horizon=procedures.known_through())
    yield _of("modifiers", "modifiers described", [item.source for item in modifiers.all_modifiers()])
    listed = modifiers.listed_source()
    yield _of("modifiers/listed", "modifiers known by code", [listed], rows=len(modifiers.listed_codes()))
    yield _of("places_of_service", "places of service", [item.source for item in places_of_service.all_places()])
    yield _of("taxonomy", "provider taxonomy described", [item.source for item in taxonomy.all_described()])
    rows = taxonomy.table().height
    yield _of("taxonomy/listed", "provider taxonomy known by code", [taxonomy.listed_source()], rows=rows)
    yield _of("adjustments", "denial codes explained", [item.source for item in adjustments.described()])
    rows = adjustments.table().height
    yield _of("adjustments/listed", "denial codes known by dates", [adjustments.listed_source()], rows=rows)
    years = icd10.fiscal_years()
    yield _of(
        "icd10",
        "ICD-10-CM codes",
        [year.source for year in years],
        rows=icd10.table().get_column("code").n_unique(),
        first_day=icd10.read_from(),
        horizon=icd10.known_through(),
    )
    notes = icd10.tabular_edition()
    yield _of(
        "icd10/excludes1",
        "ICD-10-CM notes that keep codes apart",
        [icd10.tabular_source()],
        rows=icd10.excludes1_notes().height,
        first_day=notes.confirmed_from,
        horizon=notes.confirmed_through,
    )


def _edit_tables() -> Iterable[TableStatus]:
    record = table_record("ncci/pairs")
    edition = ncci.edition()
    yield _of(
        "ncci/pairs",
        record.label,
        [record.source],
        rows=record.rows,
        first_day=edition.confirmed_from,
        horizon=edition.confirmed_through,
        note="Other days are judged by this edition, and said to be unconfirmed.",
    )
    record = table_record("mue/mue")
    for limits in mue.editions():
        yield _of(
            f"mue/{limits.name}",
            record.label,
            [record.source],
            rows=mue.table().filter(edition=limits.name).height,
            first_day=limits.confirmed_from,
            horizon=limits.confirmed_through,
            note="Other days are judged by the nearest edition, and said to be unconfirmed.",
        )


def _payment_tables() -> Iterable[TableStatus]:
    for name in ("fee_schedule/rvu", "fee_schedule/gpci"):
        record = table_record(name)
        yield _of(
            name,
            record.label,
            [record.source],
            rows=record.rows,
            first_day=record.covers_from,
            horizon=record.covers_through,
        )


def _payer_table() -> TableStatus:
    packs = [payers.get(name) for name in payers.all_ids()]
    sources = [
        item.source
        for pack in packs
        for series in (*(one.values for one in pack.settings.values()), *pack.doubtful.values())
        for item in series
    ]
    note = f"{len(sources)} settings of {len(packs)} payers."
    return _of("payers", "what payers state", sources, rows=len(packs), note=note)


def _value_series() -> Iterable[TableStatus]:
    for name in values.names():
        series = values.series(name)
        yield _of(
            f"values/{name}",
            series.label,
            [item.source for item in series.values],
            first_day=min((item.valid_from for item in series.values if item.valid_from), default=None),
            horizon=series.known_through,
            note=values.note(name),
        )


# --- search ----------------------------------------------------------------------------------------------


@group.command(
    "search",
    help=_help("Find diagnoses by the words people use.", 'cleanclaim reference search "frozen shoulder left"'),
)
def search(
    words: Annotated[list[str], typer.Argument(help='Words, or the start of a code: "frozen shoulder", M75.0.')],
    *,
    day: DateOption = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=100, help="How many codes to show.")] = 10,
    all_codes: Annotated[bool, typer.Option("--all", help="Also codes that cannot be billed on the day.")] = False,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Find diagnoses by the words people use."""
    on, text = day_of(day), " ".join(words)
    if not text.strip():
        unusable("nothing to search for; expected words or the start of a code")
    if not icd10.read_from() <= on <= icd10.known_through():
        unusable(f"--date: {on}; expected a day from {icd10.read_from()} through {icd10.known_through()}, as was read")
    hits = icd10.search(text, on, limit, billable_only=not all_codes)
    if format_ is Format.JSON:
        found = [
            {"code": hit.dotted, "label": hit.label, "side": hit.side, "state": hit.state, "matched": hit.matched}
            for hit in hits
        ]
        write_json("reference-search", {"words": text, "date": on, "found": found})
    elif not hits:
        out.print(Text("No diagnosis found by these words."))
    else:
        table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
        table.add_column("code", no_wrap=True)
        table.add_column("diagnosis")
        if all_codes:
            table.add_column("on the day")
        table.add_column("found by")
        for hit in hits:
            state = [hit.state.value.replace("_", " ")] if all_codes else []
            table.add_row(hit.dotted, Text(hit.label), *state, Text(hit.matched))
        out.print(table)
        out.print(Text(f"\n{'Listed' if all_codes else 'Billable'} on {on}.", "dim"))
    raise typer.Exit(ExitCode.CLEAN if hits else ExitCode.NO_DATA)
