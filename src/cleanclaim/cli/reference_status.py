"""`cleanclaim reference status`: which tables there are, how far each reaches, and who says so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from rich.table import Table
from rich.text import Text

from cleanclaim.cli.arguments import DateOption, day_of
from cleanclaim.cli.output import Format, FormatOption, out, write_json
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
from cleanclaim.reference.published.code_sets import FOREVER
from cleanclaim.reference.published.editions import BUILT_IN, current, using
from cleanclaim.reference.published.kinds import record
from cleanclaim.sources import Confidence, Source


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
    is_spoken = name.startswith(("values/", "loaded/"))
    return name.removeprefix("values/").replace("_", " ") if is_spoken else name


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
    """What is shipped (codes first, then edits, prices, payers and single values), then what the user loaded."""
    with using(BUILT_IN):
        shipped = [*_code_tables(), *_edit_tables(), *_payment_tables(), _payer_table(), *_value_series()]
    return [*shipped, *_loaded_tables()]


def _loaded_tables() -> Iterable[TableStatus]:
    for item in current().loaded:
        damaged = "" if item.is_whole() else "DAMAGED: not the table that was loaded; load it again. "
        yield _of(
            f"loaded/{item.kind.value}/{item.name}",
            record(item.kind).label,
            [item.source],
            rows=item.rows,
            first_day=item.valid_from,
            horizon=None if item.valid_through == FOREVER else item.valid_through,
            note=f"{damaged}{item.note}".strip(),
        )


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
    of_table = table_record("ncci/pairs")
    edition = ncci.edition()
    yield _of(
        "ncci/pairs",
        of_table.label,
        [of_table.source],
        rows=of_table.rows,
        first_day=edition.confirmed_from,
        horizon=edition.confirmed_through,
        note="Other days are judged by this edition, and said to be unconfirmed.",
    )
    of_table = table_record("mue/mue")
    for limits in mue.editions():
        yield _of(
            f"mue/{limits.name}",
            of_table.label,
            [of_table.source],
            rows=mue.table().filter(edition=limits.name).height,
            first_day=limits.confirmed_from,
            horizon=limits.confirmed_through,
            note="Other days are judged by the nearest edition, and said to be unconfirmed.",
        )


def _payment_tables() -> Iterable[TableStatus]:
    for name in ("fee_schedule/rvu", "fee_schedule/gpci"):
        of_table = table_record(name)
        yield _of(
            name,
            of_table.label,
            [of_table.source],
            rows=of_table.rows,
            first_day=of_table.covers_from,
            horizon=of_table.covers_through,
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
