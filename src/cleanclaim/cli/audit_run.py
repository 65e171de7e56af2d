"""`cleanclaim audit run`: judge every claim of an archive and write the folder of the report."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, NoReturn

import polars as pl
import typer
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from cleanclaim.audit import decided, report_files
from cleanclaim.audit.archive import Archive, LeftOut, archive_of
from cleanclaim.audit.block import Settings
from cleanclaim.audit.decided import Parted
from cleanclaim.audit.gathering import Gathered
from cleanclaim.audit.inputs import ArchiveError
from cleanclaim.audit.localities import EVERY_CLINIC
from cleanclaim.audit.manifest import DecisionFile, Made, PayerFile, TableEdition, digest_of, input_facts
from cleanclaim.audit.report import HowMade, render_report
from cleanclaim.audit.report_files import ReportFolderError
from cleanclaim.audit.run import Runner, in_processes, run_audit
from cleanclaim.audit.sampling import STRATA, Plan, SampleError, draw
from cleanclaim.audit.totals import Overview, totals_of
from cleanclaim.cli.arguments import PayersOption, day_of, find_payer, nearest, own_payers
from cleanclaim.cli.audit_told import Told, as_json, lines_of, partly_covering, say
from cleanclaim.cli.decisions import (
    BaselineOption,
    ByOption,
    Decisions,
    IgnoreOption,
    Options,
    ReasonOption,
    SelectOption,
    SuppressOption,
    WriteBaselineOption,
    decided_before,
)
from cleanclaim.cli.output import ExitCode, Format, FormatOption, err, unusable, write_json
from cleanclaim.cli.reference_status import all_tables
from cleanclaim.private_files import write_private
from cleanclaim.reference import fee_schedule
from cleanclaim.reference.payers import Payer
from cleanclaim.reference.published.editions import current

INTERRUPTED = 130
"""The exit code that shells give a program that was stopped by Ctrl-C."""

_MOST_PROCESSES = 8
_NPI_DIGITS = 10
_STAGES = {"cut": "Reading lines", "judge": "Judging blocks", "gather": "Gathering findings"}


class Engine(StrEnum):
    """Where blocks are judged."""

    LOCAL = "local"
    DASK = "dask"


def run(
    paths: Annotated[
        list[str],
        typer.Argument(help="Files or folders: lines (Parquet, CSV), claims (837P), payments (835); or addresses."),
    ],
    *,
    out_folder: Annotated[Path, typer.Option("--out", "-o", help="Folder of the report.")],
    as_of: Annotated[
        datetime | None,
        typer.Option("--as-of", formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="The day of the audit; else today."),
    ] = None,
    payer: Annotated[
        str | None, typer.Option("--payer", "-p", help="Payer file for claims that name none; see `payer list`.")
    ] = None,
    payers: PayersOption = None,
    locality: Annotated[
        list[str] | None,
        typer.Option(
            "--locality",
            metavar="[NPI=]LOCALITY",
            help="Medicare payment locality of claims that name none, of all or of a billing provider's; "
            "see `reference locality`.",
        ),
    ] = None,
    select: SelectOption = None,
    ignore: IgnoreOption = None,
    reason: ReasonOption = None,
    by: ByOption = "",
    suppress: SuppressOption = None,
    baseline: BaselineOption = None,
    write_baseline: WriteBaselineOption = None,
    processes: Annotated[
        int | None, typer.Option("--processes", min=1, help="Blocks judged at once; else one a core, at most 8.")
    ] = None,
    sample: Annotated[int, typer.Option("--sample", min=0, help="Draw so many claims for review by hand.")] = 0,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of the sample.")] = 1,
    strata: Annotated[
        str, typer.Option("--strata", metavar="NAME,…", help=f"Stratify the sample by {', '.join(STRATA)}.")
    ] = "",
    engine: Annotated[Engine, typer.Option("--engine", help="Judge on this machine or on a Dask cluster.")] = (
        Engine.LOCAL
    ),
    scheduler: Annotated[
        str | None, typer.Option("--scheduler", help="Address of a Dask scheduler; else a cluster is started here.")
    ] = None,
    certificates: Annotated[
        Path | None, typer.Option("--certificates", help="Folder with ca.pem, cert.pem and key.pem for the scheduler.")
    ] = None,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Audit the archive and write the report."""
    plan = _plan(sample, seed, strata)
    own = own_payers(payers)
    if payer is not None:
        find_payer(payer, own)
    if engine is Engine.LOCAL and (scheduler or certificates):
        unusable("--scheduler and --certificates: stand without --engine dask")
    decisions = decided_before(
        Options(
            select or (), ignore or (), reason or (), by, suppress=suppress, baseline=baseline, write_to=write_baseline
        )
    )
    localities = _localities(locality or ())
    try:
        begun = report_files.unfinished(out_folder)
        with err.status("looking at the archive"):
            archive = archive_of(paths)
            codes = tuple(rule.code for rule in decisions.selection.rules) if select or ignore else ()
            settings = Settings(
                _day(as_of, begun),
                payer,
                tuple(own.values()),
                localities,
                codes,
                tells_contents=baseline is not None or write_baseline is not None,
            )
            made = _made(archive, settings, decisions, own)
        work = report_files.begin(out_folder, made)
        gathered = _audited(
            archive, made.settings, work, _runner(engine, processes or _cores(), scheduler, certificates)
        )
        made = replace(made, left_out=_all_left_out(archive, gathered))
        parted = _parted(gathered, decisions, settings)
        with err.status("writing the report"):
            drawn = draw(parted.stretches, plan) if plan else None
            come_to = totals_of(parted.stretches, parted.frames)
            how = HowMade(lines_of(made, gathered), partly_covering(made.tables, gathered), made.left_out)
            page = render_report(parted, come_to, how, as_of=made.settings.as_of.isoformat(), sample=drawn)
            written = report_files.write_report(out_folder, parted, made, page, drawn)
            if write_baseline is not None and parted.to_write is not None:
                write_private(write_baseline, parted.to_write.text().encode())
    except (ArchiveError, ReportFolderError, SampleError) as error:
        unusable(str(error))
    except KeyboardInterrupt:
        _interrupted(out_folder)
    except BrokenExecutor:
        unusable(
            "a process that judged a block was ended from outside, perhaps for want of memory; "
            f"the same command, with fewer --processes, goes on from {out_folder / report_files.WORK}"
        )
    code = exit_code(come_to.overview, parted.frames, are_files_damaged=any(one.is_damaged for one in made.left_out))
    told = Told(made, parted, come_to, decisions, drawn)
    if format_ is Format.JSON:
        write_json("audit", {"exit_code": int(code), **as_json(told, written)})
    else:
        say(told, out_folder)
    raise typer.Exit(code)


def exit_code(figures: Overview, frames: Mapping[str, pl.DataFrame], *, are_files_damaged: bool = False) -> ExitCode:
    """How the audit ended: crashed, nothing usable, findings, no data, or clean as far as judged.

    Args:
        figures: those on top of the report.
        frames: `verdicts` and `set_aside`.
        are_files_damaged: whether what could be read of a file is not all of it.
    """
    verdicts = frames["verdicts"]
    if verdicts.filter(verdicts.get_column("crashed") != "").height:
        return ExitCode.CRASHED
    if not figures.claims:
        return ExitCode.UNUSABLE
    if figures.findings or frames["set_aside"].height or are_files_damaged:
        return ExitCode.FINDINGS
    return ExitCode.NO_DATA if figures.not_judged else ExitCode.CLEAN


# --- what is asked -----------------------------------------------------------------------------------------


def _plan(size: int, seed: int, strata: str) -> Plan | None:
    named = tuple(word.strip() for word in strata.split(",") if word.strip())
    if unknown := [word for word in named if word not in STRATA]:
        unusable(f"--strata: {unknown[0]!r}; expected {', '.join(STRATA)}")
    if len(set(named)) < len(named):
        unusable("--strata: a name comes twice; expected each once")
    if named and not size:
        unusable("--strata: stands without --sample")
    return Plan(size, seed, named) if size else None


def _localities(words: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """What was said of localities, by billing provider."""
    known = set(fee_schedule.localities().get_column("locality"))
    found: dict[str, str] = {}
    for word in words:
        npi, _, place = word.rpartition("=")
        if place not in known:
            near = nearest(place, known)
            hint = f"did you mean {' or '.join(near)}?" if near else "see `cleanclaim reference locality`"
            unusable(f"--locality: no locality {place!r}; {hint}")
        if npi != EVERY_CLINIC and not (npi.isascii() and npi.isdigit() and len(npi) == _NPI_DIGITS):
            unusable(f"--locality: {npi!r}; expected the NPI of a billing provider before =")
        if npi in found:
            unusable(f"--locality: {npi or 'that of all clinics'} comes twice; expected each once")
        found[npi] = place
    return tuple(sorted(found.items()))


def _day(given: datetime | None, begun: Mapping[str, Any] | None) -> date:
    """The day asked for; else that of the audit that is gone on with; else today."""
    if given is None and begun is not None:
        return date.fromisoformat(begun["settings"]["as_of"])
    return day_of(given)


def _made(archive: Archive, settings: Settings, decisions: Decisions, own: Mapping[str, Payer]) -> Made:
    known, entries = decisions.baseline, decisions.suppressions
    return Made(
        settings=settings,
        inputs=input_facts(archive.files),
        rules=tuple(rule.code for rule in decisions.selection.rules),
        left_out=archive.left_out,
        ignored=decisions.selection.ignored,
        tables=_tables(),
        payer_files=tuple(PayerFile(name, digest_of(Path(pack.path))) for name, pack in sorted(own.items())),
        baseline=_file_of(decisions.baseline_path, 0 if known is None else sum(known.known.values())),
        suppressions=_file_of(decisions.suppressions_path, len(entries)),
        writes_baseline=decisions.write_to is not None,
    )


def _file_of(path: Path | None, count: int) -> DecisionFile | None:
    return None if path is None else DecisionFile(digest_of(path), count)


def _all_left_out(archive: Archive, gathered: Gathered) -> tuple[LeftOut, ...]:
    """Files, lines and row groups that were not read, by path."""
    return tuple(sorted((*archive.left_out, *gathered.left_out), key=lambda one: one.path))


def _parted(gathered: Gathered, decisions: Decisions, settings: Settings) -> Parted:
    return decided.part(
        Parted(gathered.stretches, gathered.frames),
        as_of=settings.as_of,
        suppressions=None if decisions.suppressions_path is None else decisions.suppressions,
        baseline=decisions.baseline,
        writes=decisions.write_to is not None,
        salt=decisions.salt,
    )


def _tables() -> tuple[TableEdition, ...]:
    digests = {f"loaded/{item.kind.value}/{item.name}": item.sha256 for item in current().loaded}
    return tuple(
        TableEdition(item.name, item.label, item.rows, item.first_day, item.horizon, digests.get(item.name))
        for item in all_tables()
    )


# --- the work ----------------------------------------------------------------------------------------------


def _cores() -> int:
    """Processes where none are asked for: each holds a block, some 1 GB."""
    return min(os.cpu_count() or 1, _MOST_PROCESSES)


def _runner(
    engine: Engine, processes: int, scheduler: str | None, certificates: Path | None
) -> AbstractContextManager[Runner]:
    if engine is Engine.LOCAL:
        return in_processes(processes)
    return _on_dask(processes, scheduler, certificates)


@contextmanager
def _on_dask(processes: int, scheduler: str | None, certificates: Path | None) -> Iterator[Runner]:
    try:
        import distributed  # noqa: F401, PLC0415 - only with the extra

        from cleanclaim.audit.dask_engine import SchedulerError, on_cluster  # noqa: PLC0415 - the same
    except ImportError:
        unusable("--engine dask: Dask is not installed; expected `pip install cleanclaim[cluster]`")
    try:
        with on_cluster(scheduler, workers=processes, certificates=certificates) as runner:
            yield runner
    except SchedulerError as error:
        unusable(f"--scheduler: {error}")


def _audited(archive: Archive, settings: Settings, work: Path, running: AbstractContextManager[Runner]) -> Gathered:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    times = (TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn())
    with Progress(*columns, *times, console=err, transient=True) as display:
        tasks = {stage: display.add_task(words, total=None, visible=False) for stage, words in _STAGES.items()}

        def told(stage: str, done: int, whole: int) -> None:
            display.update(tasks[stage], completed=done, total=whole, visible=done < whole)

        return run_audit(archive.files, settings, work, running=running, told=told)


def _interrupted(folder: Path) -> NoReturn:
    done = len([path for path in (folder / report_files.WORK).glob("judged-*") if path.is_dir()])
    said = f"Interrupted; {done} blocks are judged. The same command goes on from {folder / report_files.WORK}."
    err.print(Text(said, "yellow"), soft_wrap=True)
    raise typer.Exit(INTERRUPTED)
