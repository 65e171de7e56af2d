"""`cleanclaim reference`: which tables there are and how far they reach, what payers state, diagnoses by words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from cleanclaim.cli.arguments import DateOption, PayersOption, day_of, find_payer, known_payers, own_payers
from cleanclaim.cli.output import ExitCode, Format, FormatOption, out, unusable, write_json
from cleanclaim.money import CONVERSION_FACTOR_SCALE, RATE_SCALE, RVU_SCALE, dollars
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
from cleanclaim.reference.payer_shapes import Group, Rows
from cleanclaim.reference.payers import NONE, SETTINGS, Payer, Setting, Stated
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


# --- payers ----------------------------------------------------------------------------------------------


@group.command(
    "payers",
    help=_help(
        "List the payers there are files for, and how each counts units.",
        "cleanclaim reference payers --date 2026-03-04",
    ),
)
def list_payers(
    *, day: DateOption = None, payer_folder: PayersOption = None, format_: FormatOption = Format.TEXT
) -> None:
    """List the payers there are files for, and how each counts units."""
    on = day_of(day)
    own = own_payers(payer_folder)
    found = [own.get(name) or payers.get(name) for name in known_payers(own)]
    if format_ is Format.JSON:
        write_json(
            "reference-payers",
            {
                "date": on,
                "payers": [
                    {
                        "id": item.id,
                        "label": item.label,
                        "kind": item.kind,
                        "filing_indicator": item.filing_indicator,
                        "is_fictional": item.fictional,
                        "is_own": item.id in own,
                        "unit_method": item.setting("unit_method", on).value,
                        "settings_known": len(item.known_settings()),
                    }
                    for item in found
                ],
            },
        )
        return
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("id", no_wrap=True)
    table.add_column("payer")
    table.add_column("units by")
    table.add_column("settings read", justify="right")
    for item in found:
        method = item.setting("unit_method", on).value
        label = f"{item.label} (fictional)" if item.fictional else item.label
        table.add_row(item.id, Text(label), _METHODS.get(str(method), "unknown"), str(len(item.known_settings())))
    out.print(table)
    out.print(Text(f"\nOn {on}, of {len(SETTINGS)} settings. `cleanclaim reference payer ID` shows one payer.", "dim"))


_METHODS = {"eight_minute": "8-minute rule", "midpoint": "midpoint rule", "hybrid": "a mixture"}


@group.command(
    "payer",
    help=_help(
        "Show what one payer states on a day, with who says so.",
        "cleanclaim reference payer medicare_b --date 2026-03-04",
    ),
)
def show_payer(
    payer: Annotated[str, typer.Argument(help="Id of the payer file, such as medicare_b.")],
    *,
    day: DateOption = None,
    payer_folder: PayersOption = None,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Show what one payer states on a day, with who says so."""
    on = day_of(day)
    found = find_payer(payer, own_payers(payer_folder))
    settings = [_setting_json(found, setting, on) for setting in SETTINGS]
    if format_ is Format.JSON:
        write_json(
            "reference-payer",
            {
                "id": found.id,
                "label": found.label,
                "kind": found.kind,
                "filing_indicator": found.filing_indicator,
                "is_fictional": found.fictional,
                "date": on,
                "settings": settings,
            },
        )
        return
    known = [item for item in settings if item["status"] == "found"]
    out.print(Text.assemble((found.label, "bold"), f" on {on}"))
    if found.fictional:
        out.print(Text("A made-up payer, for demonstrations."))
    sources = list(dict.fromkeys(item["source"] for item in known))
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("setting")
    table.add_column("value")
    table.add_column("by", justify="right")
    for item in known:
        note = f"\n{item['note']}" if item["note"] else ""
        label = item["name"].replace("_", " ")
        table.add_row(Text(label), Text(f"{item['text']}{note}"), f"[{sources.index(item['source']) + 1}]")
    out.print(table, markup=False)
    _say_doubts(found, on)
    unread = [item["name"].replace("_", " ") for item in settings if item["status"] != "found"]
    if unread:
        out.print(Text(f"\nNot read for this day, so unknown: {', '.join(unread)}.", "dim"))
    out.print()
    for number, source in enumerate(sources, start=1):
        out.print(Text(f"[{number}] {source}", "dim"))


def _say_doubts(payer: Payer, on: date) -> None:
    doubts = [(name, item) for name, items in payer.doubtful.items() for item in items if item.holds_on(on)]
    if doubts:
        out.print(Text("\nDoubtful, so it decides nothing:"))
        for name, item in doubts:
            setting = next(one for one in SETTINGS if one.name == name)
            out.print(Text(f"- {name.replace('_', ' ')}: {shown_value(setting, item.value)} ({item.source.cite()})"))


def _setting_json(payer: Payer, setting: Setting, on: date) -> dict[str, Any]:
    found = payer.setting(setting.name, on)
    stated = found.dated
    return {
        "name": setting.name,
        "meaning": setting.meaning,
        "status": found.status,
        "value": _plain(stated.value) if stated else None,
        "text": shown_value(setting, stated.value) if stated else "",
        "from": stated.valid_from if stated else None,
        "through": stated.valid_through if stated else None,
        "note": stated.note if isinstance(stated, Stated) else "",
        "source": stated.source.cite() if stated else None,
        "confidence": stated.source.confidence if stated else None,
    }


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever a setting holds
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def shown_value(setting: Setting, value: Any) -> str:  # noqa: ANN401 - whatever the setting holds
    """A payer's value in words, with its unit: `365 days`, `$95.00`, `yes`."""
    if value == NONE:
        return "none"
    if isinstance(setting.shape, Group):
        return _shown_fields(setting.shape, value)
    if isinstance(setting.shape, Rows):
        return "\n".join(_shown_fields(setting.shape.row, row) for row in value) or "none"
    return _shown(value, setting.unit)


def _shown_fields(shape: Group, value: Mapping[str, Any]) -> str:
    parts = []
    for field in shape.fields:
        if field.name not in value or value[field.name] in ((), None):
            continue
        shown = _shown(value[field.name], field.unit)
        # `days 120 days` and `name hearing` say a word too many.
        is_plain = field.name in {"name", "kind", "code", "amount"} or field.name == field.unit
        parts.append(shown if is_plain else f"{field.name.replace('_', ' ')} {shown}")
    return ", ".join(parts)


_SCALED = {"rvu_e2": RVU_SCALE, "conversion_factor_e4": CONVERSION_FACTOR_SCALE}


def _shown(value: Any, unit: str) -> str:  # noqa: ANN401 - whatever a field holds
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "none"
    if unit == "cents":
        return dollars(value)
    if unit == "rate_e4":
        return f"{_decimal(value, RATE_SCALE // 100)} %"
    if unit in _SCALED:
        return _decimal(value, _SCALED[unit])
    words = value.replace("_", " ") if isinstance(value, str) else str(value)
    return f"{words} {unit}".strip()


def _decimal(value: int, scale: int) -> str:
    """An integer at a scale as decimal text: `8_000` at 100 is `80`."""
    digits = len(str(scale)) - 1
    return f"{value // scale}.{value % scale:0{digits}d}".rstrip("0").rstrip(".")


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
