"""`cleanclaim simulate`: a synthetic year of a clinic from its notes to the bank, at two billing desks."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from cleanclaim.bill.output import write_private
from cleanclaim.cli.output import ExitCode, Format, FormatOption, document_of, err, out, progress, unusable, write_json
from cleanclaim.money import dollars
from cleanclaim.payer_sim import scenario_names
from cleanclaim.simulation.run import BY_HABIT, DESKS, WITH_CHECKS, Asked, OtherYearError, Told, simulate

EXAMPLE = "cleanclaim simulate year --visits 300"
_STOPPED = 130
_TITLES = {BY_HABIT: "by habit", WITH_CHECKS: "with checks"}


def command(
    folder: Annotated[
        Path, typer.Argument(metavar="OUT", help="Folder to write into: empty, or of this very year.")
    ] = Path("year"),
    *,
    visits: Annotated[int, typer.Option("--visits", min=1, help="How many visits are treated in the year.")] = 20_000,
    seed: Annotated[int, typer.Option("--seed", help="Every chance of the year follows from this number.")] = 1,
    scenario: Annotated[
        str, typer.Option("--scenario", help="How rough the payers are: none, calm or rough.")
    ] = "calm",
    jobs: Annotated[int | None, typer.Option("--jobs", min=1, help="Processes at work; else two.")] = None,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Make the year, bill it at two desks, let payers answer, post, work and collect, and say what came of it."""
    if scenario not in scenario_names():
        unusable(f"scenario {scenario}: expected one of {', '.join(scenario_names())}")
    asked = Asked(visits, seed, scenario)
    try:
        with progress() as display:
            task = display.add_task("Writing notes", total=None)

            def advance(stage: str, done: int, of: int) -> None:
                display.update(task, description=stage, completed=done, total=of)

            told = simulate(asked, folder, jobs=jobs or min(os.cpu_count() or 1, 2), advance=advance)
    except OtherYearError as error:
        unusable(str(error))
    except OSError as error:
        unusable(f"{error.filename}: {error.strerror}")
    except KeyboardInterrupt:
        err.print("stopped; the same command again goes on from here")
        raise typer.Exit(_STOPPED) from None
    code = ExitCode.CRASHED if told.report["faults"] else ExitCode.CLEAN
    payload = {"exit_code": int(code), **told.report}
    write_private(folder / "report.json", document_of("simulate", payload).encode())
    if format_ is Format.JSON:
        write_json("simulate", payload)
    else:
        _say(told, folder)
    raise typer.Exit(code)


def _say(told: Told, folder: Path) -> None:
    entered, desks = told.report["entered"], told.report["desks"]
    out.print(f"[bold]{entered['visits']:,} visits of {entered['patients']:,} patients in {told.report['year']}[/]")
    _say_desks(entered, desks)
    _say_dollars(desks)
    for name in DESKS:
        _say_denials(_TITLES[name], desks[name])
    _say_slips(entered)
    times = ", ".join(f"{stage} {seconds:.0f} s" for stage, seconds in told.seconds.items())
    out.print(f"\n{times}; at most {told.megabytes:,} MB in one process", soft_wrap=True)
    out.print(f"Written to {folder}: report.json, key.json, and claims, answers and the ledger of each desk")


def _say_desks(entered: Mapping[str, Any], desks: Mapping[str, Any]) -> None:
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("")
    for name in DESKS:
        table.add_column(_TITLES[name], justify="right")
    first = entered["clean_at_first_look"]
    outcomes = entered["outcomes"]
    table.add_row("nothing objected to at first", "", _share(first["claims"], first["of"]))
    table.add_row("mended or attested by a person", "", f"{outcomes['mended']:,}")
    table.add_row("not filed, for it could not be set right", "", f"{outcomes['not filed'] + outcomes['dropped']:,}")
    rows: dict[str, Callable[[Mapping[str, Any]], str]] = {
        "claims filed": lambda one: f"{one['claims']['filed']:,}",
        "paid at first pass": lambda one: _share(one["claims"]["first_pass"]["claims"], one["claims"]["filed"]),
        "returned by the front end": lambda one: f"{sum(one['claims']['returned'].values()):,}",
        "lines denied": lambda one: f"{sum(item['lines'] for item in one['denials']):,}",
        "of these, not predicted by a check": lambda one: f"{one['not_predicted']:,}",
        "paid though a check had objected": lambda one: dollars(one["paid_against_objections_cents"]),
        "filed again, or to the next payer": lambda one: f"{one['claims']['filed_again']:,}",
        "days from filing to payment": lambda one: one["days_to_payment"] or "",
        "days in receivables at the year's end": lambda one: one["days_in_receivables"]["days"] or "",
        "statements to patients": lambda one: f"{one['patients']['statements']:,}",
        "ledger transactions": lambda one: f"{one['ledger']['transactions']:,}",
        "faults of the ledger": lambda one: str(len(one["ledger"]["faults"])),
    }
    for label, value in rows.items():
        table.add_row(label, *(value(desks[name]) for name in DESKS))
    out.print(table)


def _say_dollars(desks: Mapping[str, Any]) -> None:
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("\nwhere every cent stands")
    for name in DESKS:
        table.add_column(f"\n{_TITLES[name]}", justify="right")
    for key in next(iter(desks.values()))["dollars"]:
        table.add_row(key.replace("_", " "), *(dollars(desks[name]["dollars"][key]) for name in DESKS))
    out.print(table)


def _say_denials(title: str, desk: Mapping[str, Any]) -> None:
    table = Table(box=None, padding=(0, 2, 0, 0))
    for name in (f"\ndenied, {title}", "\nlines", "\ndollars", "\npredicted", "\nnot", "\nno rule"):
        table.add_column(name, justify="left" if "denied" in name else "right")
    for one in desk["denials"]:
        seen = (str(one[kind]) for kind in ("foreseen", "unforeseen", "no_rule"))
        table.add_row(f"{one['group']}-{one['reason']}", f"{one['lines']:,}", dollars(one["cents"]), *seen)
    out.print(table)


def _say_slips(entered: Mapping[str, Any]) -> None:
    table = Table(box=None, padding=(0, 2, 0, 0))
    for name in ("\nwhat went wrong at a desk", "\ntimes", "\nseen", "\nheld"):
        table.add_column(name, justify="left" if "went" in name else "right")
    for one in entered["slips"]:
        table.add_row(one["slip"].replace("_", " "), *(f"{one[key]:,}" for key in ("times", "seen", "held")))
    without = entered["held_without_cause"]
    table.add_row("nothing, and held all the same", "", "", _share(without["visits"], without["of"]))
    out.print(table)


def _share(part: int, whole: int) -> str:
    """A count with its share: `9,412 (96.1 %)`."""
    tenths = (2_000 * part + whole) // (2 * whole) if whole else 0
    return f"{part:,} ({tenths // 10}.{tenths % 10} %)"
