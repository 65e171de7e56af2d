"""`cleanclaim payer`: which payers there are files for, what one states, and a clinic's own pack before it is used."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from cleanclaim.cli.arguments import DateOption, PayersOption, day_of, find_payer, known_payers, nearest, own_payers
from cleanclaim.cli.listing import Listed
from cleanclaim.cli.output import ExitCode, Format, FormatOption, out, write_json
from cleanclaim.cli.payer_difference import diff_pack
from cleanclaim.cli.program import help_of
from cleanclaim.reference import payers
from cleanclaim.reference.payer_files import PackProblem
from cleanclaim.reference.payer_wording import setting_label, shown_value
from cleanclaim.reference.payers import SETTINGS, Payer, PayerFileError, Setting, Stated
from cleanclaim.sources import Confidence

EXAMPLE = "cleanclaim payer check payers/heron_health.toml"

group = typer.Typer(cls=Listed, no_args_is_help=True, rich_markup_mode=None)

_METHODS = {"eight_minute": "8-minute rule", "midpoint": "midpoint rule", "hybrid": "a mixture"}


# --- list ------------------------------------------------------------------------------------------------


@group.command(
    "list",
    help=help_of(
        "List the payers there are files for, and how each counts units.",
        "cleanclaim payer list --date 2026-03-04",
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
            "payer-list",
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
    out.print(Text(f"\nOn {on}, of {len(SETTINGS)} settings. `cleanclaim payer show ID` shows one payer.", "dim"))


# --- show ------------------------------------------------------------------------------------------------


@group.command(
    "show",
    help=help_of(
        "Show what one payer states on a day, with who says so.",
        "cleanclaim payer show medicare_b --date 2026-03-04",
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
            "payer-show",
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
        label, number = setting_label(item["name"]), sources.index(item["source"]) + 1
        table.add_row(Text(label), Text(f"{item['text']}{note}"), Text(f"[{number}]"))
    out.print(table)
    _say_doubts(found, on)
    unread = [setting_label(item["name"]) for item in settings if item["status"] != "found"]
    if unread:
        out.print(Text(f"\nNot read for this day, so unknown: {'; '.join(unread)}.", "dim"))
    out.print()
    for number, source in enumerate(sources, start=1):
        out.print(Text(f"[{number}] {source}", "dim"))


def _say_doubts(payer: Payer, on: date) -> None:
    doubts = [(name, item) for name, items in payer.doubtful.items() for item in items if item.holds_on(on)]
    if doubts:
        out.print(Text("\nDoubtful, so it decides nothing:"))
        for name, item in doubts:
            setting = next(one for one in SETTINGS if one.name == name)
            out.print(Text(f"- {setting_label(name)}: {shown_value(setting, item.value)} ({item.source.cite()})"))


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


# --- check -----------------------------------------------------------------------------------------------


@group.command(
    "check",
    help=help_of(
        "Check payer files of your own: every problem by line and key, with what was expected.",
        "cleanclaim payer check payers/heron_health.toml",
    ),
)
def check_packs(
    files: Annotated[list[Path], typer.Argument(help="Payer files (.toml), or folders of them.")],
    *,
    day: DateOption = None,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Check payer files of your own: every problem by line and key, with what was expected.

    Exit code: 0 all can be used, 2 one cannot.
    """
    on = day_of(day)
    checked = [_read(path) for path in _pack_files(files)]
    found = [pack for pack, _ in checked if pack is not None]
    problems = [problem for _, some in checked for problem in some]
    problems += _shared_ids(found)
    code = ExitCode.UNUSABLE if problems else ExitCode.CLEAN
    if format_ is Format.JSON:
        write_json(
            "payer-check",
            {
                "exit_code": int(code),
                "date": on,
                "packs": [_pack_json(pack, on) for pack in found],
                "problems": [
                    {
                        "file": one.file,
                        "line": one.line,
                        "key": one.key,
                        "found": one.found,
                        "expected": one.expected,
                        "nearest": _nearest_setting(one),
                    }
                    for one in problems
                ],
            },
        )
        raise typer.Exit(code)
    for one in problems:
        near = _nearest_setting(one)
        out.print(Text(f"{one}{f' (did you mean {near}?)' if near else ''}"), soft_wrap=True)
    for pack in found:
        _say_pack(pack, on)
    raise typer.Exit(code)


def _pack_files(files: list[Path]) -> list[Path]:
    """The files asked for, with those of a folder in the order of their names."""
    return [one for path in files for one in (sorted(path.glob("*.toml")) if path.is_dir() else [path])]


def _read(path: Path) -> tuple[Payer | None, tuple[PackProblem, ...]]:
    try:
        return payers.load_pack(path), ()
    except PayerFileError as error:
        return None, error.problems


def _shared_ids(packs: list[Payer]) -> list[PackProblem]:
    """Packs that would take each other's place."""
    first: dict[str, Payer] = {}
    found = []
    for pack in packs:
        other = first.setdefault(pack.id, pack)
        if other is not pack:
            said = f"id: {pack.id!r} is also the id of {other.path}"
            found.append(PackProblem(pack.path, None, "", said, "each id once"))
    return found


def _nearest_setting(problem: PackProblem) -> str | None:
    """For a setting that there is none of: the one most like it."""
    folder, _, name = problem.key.partition(".")
    if folder != "settings" or problem.found != repr(name):
        return None
    return next(iter(nearest(name, (setting.name for setting in SETTINGS), limit=1)), None)


def _pack_json(pack: Payer, on: date) -> dict[str, Any]:
    known, doubtful, ended = _standing(pack, on)
    return {
        "file": pack.path,
        "id": pack.id,
        "label": pack.label,
        "replaces_shipped": pack.id in payers.all_ids(),
        "settings": len(SETTINGS),
        "known": known,
        "doubtful": doubtful,
        "not_on_the_day": ended,
        "from_memory": _from_memory(pack, on),
    }


def _standing(pack: Payer, on: date) -> tuple[list[str], list[str], list[str]]:
    """Settings that decide on the day, that are only doubtful on it, and that are stated for other days alone."""
    known, doubtful, ended = [], [], []
    for setting in SETTINGS:
        if pack.setting(setting.name, on).dated is not None:
            known.append(setting.name)
        elif any(item.holds_on(on) for item in pack.doubtful.get(setting.name, ())):
            doubtful.append(setting.name)
        elif setting.name in pack.settings or setting.name in pack.doubtful:
            ended.append(setting.name)
    return known, doubtful, ended


def _from_memory(pack: Payer, on: date) -> list[str]:
    stated = ((setting.name, pack.setting(setting.name, on).dated) for setting in SETTINGS)
    return [name for name, dated in stated if dated is not None and dated.source.confidence is Confidence.MEMORY]


def _say_pack(pack: Payer, on: date) -> None:
    known, doubtful, ended = _standing(pack, on)
    out.print(Text.assemble((pack.path, "bold"), f": {pack.label}, id {pack.id}, can be used"))
    out.print(
        Text(f"  on {on}: {len(known)} of {len(SETTINGS)} settings known; the rules that need others say no data")
    )
    for said, names in (
        ("from memory", _from_memory(pack, on)),
        ("doubtful, so it decides nothing", doubtful),
        ("stated for other days only", ended),
    ):
        if names:
            out.print(Text(f"  {said}: {', '.join(name.replace('_', ' ') for name in names)}"))
    if pack.id in payers.all_ids():
        out.print(Text(f"  takes the place of the shipped file {pack.id}, whole: nothing is inherited from it"))


# --- diff ------------------------------------------------------------------------------------------------

group.command(
    "diff",
    help=help_of(
        "Show what a payer file of your own would change on past claims before it is switched on.",
        "cleanclaim payer diff payers/heron_health.toml --on archive/2026.837 --payer heron_health",
    ),
)(diff_pack)
