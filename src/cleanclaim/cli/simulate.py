"""`cleanclaim simulate`: a synthetic year of a clinic from its notes to the bank, at two billing desks."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from cleanclaim.cli.output import ExitCode, Format, FormatOption, document_of, err, progress, unusable, write_json
from cleanclaim.cli.simulate_report import say
from cleanclaim.payer_sim import scenario_names
from cleanclaim.private_files import write_private
from cleanclaim.simulation.run import Asked, OtherYearError, simulate

EXAMPLE = "cleanclaim simulate year --visits 300"
_STOPPED = 130


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
    jobs: Annotated[
        int | None, typer.Option("--jobs", min=1, help="1: all in one process; from 2 on the desks have one each.")
    ] = None,
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
        say(told, folder)
    raise typer.Exit(code)
