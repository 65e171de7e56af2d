"""`cleanclaim audit run`: judge every claim of an archive and write the folder of the report."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, NoReturn

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
from rich.table import Table
from rich.text import Text

from cleanclaim import __version__
from cleanclaim.audit import report_files, totals
from cleanclaim.audit.archive import Archive, LeftOut, archive_of
from cleanclaim.audit.block import Settings
from cleanclaim.audit.inputs import ArchiveError
from cleanclaim.audit.localities import EVERY_CLINIC
from cleanclaim.audit.manifest import Made, PayerFile, TableEdition, digest_of, input_facts, package_digest
from cleanclaim.audit.report import PartlyCovering, render_report
from cleanclaim.audit.report_files import ReportFolderError
from cleanclaim.audit.run import Gathered, Runner, in_processes, run_audit
from cleanclaim.audit.sampling import STRATA, Plan, Sample, SampleError, draw
from cleanclaim.check.selection import Selection, SelectionError, chosen_by
from cleanclaim.check.summary import OUTCOMES
from cleanclaim.cli.arguments import PayersOption, day_of, find_payer, nearest, own_payers
from cleanclaim.cli.decisions import ByOption, IgnoreOption, ReasonOption, SelectOption
from cleanclaim.cli.output import ExitCode, Format, FormatOption, err, out, unusable, write_json
from cleanclaim.cli.reference_status import all_tables
from cleanclaim.dates import written as written_day
from cleanclaim.money import dollars
from cleanclaim.reference import fee_schedule
from cleanclaim.reference.payers import Payer
from cleanclaim.reference.published.editions import current

INTERRUPTED = 130
"""The exit code that shells give a program that was stopped by Ctrl-C."""

_MOST_PROCESSES = 8
_NPI_DIGITS = 10
_RULES_SHOWN = 15
_INPUTS_SHOWN = 8
_FILES_SHOWN = 8
_STAGES = {"cut": "Reading lines", "judge": "Judging blocks"}


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
    selection = _selection(select or (), ignore or (), reason or (), by)
    localities = _localities(locality or ())
    try:
        begun = report_files.unfinished(out_folder)
        with err.status("looking at the archive"):
            archive = archive_of(paths)
            codes = tuple(rule.code for rule in selection.rules) if select or ignore else ()
            settings = Settings(_day(as_of, begun), payer, tuple(own.values()), localities, codes)
            made = _made(archive, settings, selection, own)
        work = report_files.begin(out_folder, made)
        gathered = _audited(
            archive, made.settings, work, _runner(engine, processes or _cores(), scheduler, certificates)
        )
        frames = report_files.numbered(gathered.frames)
        with err.status("writing the report"):
            drawn = draw(frames["claims"], frames["findings"], plan) if plan else None
            page = render_report(
                frames,
                as_of=made.settings.as_of.isoformat(),
                made=_lines_of(made, gathered),
                partly_covering=_partly_covering(made.tables, gathered),
                sample=drawn,
                left_out=archive.left_out,
            )
            written = report_files.write_report(out_folder, frames, made, page, drawn)
    except (ArchiveError, ReportFolderError, SampleError) as error:
        unusable(str(error))
    except KeyboardInterrupt:
        _interrupted(out_folder)
    except BrokenExecutor:
        unusable(
            "a process that judged a block was ended from outside, perhaps for want of memory; "
            f"the same command, with fewer --processes, goes on from {out_folder / report_files.WORK}"
        )
    code = exit_code(frames, are_files_damaged=any(one.is_damaged for one in archive.left_out))
    if format_ is Format.JSON:
        write_json("audit", {"exit_code": int(code), **as_json(frames, made, drawn, written)})
    else:
        _say(frames, made, drawn, out_folder)
    raise typer.Exit(code)


def exit_code(frames: Mapping[str, Any], *, are_files_damaged: bool = False) -> ExitCode:
    """How the audit ended: crashed, nothing usable, findings, no data, or clean as far as judged."""
    verdicts = frames["verdicts"]
    if verdicts.filter(verdicts.get_column("crashed") != "").height:
        return ExitCode.CRASHED
    if not frames["claims"].height:
        return ExitCode.UNUSABLE
    if frames["findings"].height or frames["set_aside"].height or are_files_damaged:
        return ExitCode.FINDINGS
    return ExitCode.NO_DATA if verdicts.get_column("no_data").sum() else ExitCode.CLEAN


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


def _selection(select: Sequence[str], ignore: Sequence[str], reasons: Sequence[str], by: str) -> Selection:
    try:
        return chosen_by(select, ignore, reasons=reasons, by=by)
    except SelectionError as error:
        unusable(str(error))


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


def _made(archive: Archive, settings: Settings, selection: Selection, own: Mapping[str, Payer]) -> Made:
    return Made(
        settings=settings,
        inputs=input_facts(archive.files),
        rules=tuple(rule.code for rule in selection.rules),
        left_out=archive.left_out,
        ignored=selection.ignored,
        tables=_tables(),
        payer_files=tuple(PayerFile(name, digest_of(Path(pack.path))) for name, pack in sorted(own.items())),
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


# --- what is told ------------------------------------------------------------------------------------------


def _partly_covering(tables: Sequence[TableEdition], gathered: Gathered) -> list[PartlyCovering]:
    """Tables, by label, of which no edition covers the date of some claims."""
    by_label: dict[str, list[TableEdition]] = {}
    for table in tables:
        by_label.setdefault(table.label, []).append(table)
    found = []
    for label, editions in by_label.items():
        if any(edition.through is None for edition in editions):
            continue
        outside = totals.claims_outside(
            gathered.frames["claims"], [(edition.first_day, edition.through) for edition in editions]
        )
        first = min((edition.first_day or date.min) for edition in editions)
        last = max(edition.through for edition in editions if edition.through is not None)
        if outside:
            since = "" if first == date.min else first.isoformat()
            found.append(PartlyCovering(label, since, last.isoformat(), outside))
    return sorted(found, key=lambda one: (-one.claims, one.label))


def _lines_of(made: Made, gathered: Gathered) -> list[tuple[str, str]]:
    """What the report was made with, in lines for people; the manifest says all of it."""
    rows = sum(one["rows"] or 0 for one in made.inputs)
    lines = [
        ("Program", f"cleanclaim {__version__}, sha256 {package_digest('')}"),
        ("Rules", f"{len(made.rules):,}, sha256 {package_digest('rules')}"),
        ("Reference tables", f"{len(made.tables):,}, sha256 of those shipped {package_digest('reference')}"),
        ("Files read", f"{len(made.inputs):,}, tables among them with {rows:,} rows; {gathered.lines:,} lines judged"),
        ("As of", written_day(made.settings.as_of)),
        ("Payer where none is named", made.settings.default_payer or "none: such claims have no payer"),
    ]
    lines += [
        ("Locality where none is named", f"{place}, {f'of claims of {npi}' if npi else 'of all other claims'}")
        for npi, place in made.settings.localities
    ]
    lines += [("Payer file of your own", f"{one.id}, sha256 {one.sha256}") for one in made.payer_files]
    lines += [
        ("Rules ignored", f"{one.word} ({len(one.codes)} rules) by {one.by}: {one.reason}") for one in made.ignored
    ]
    return lines


def as_json(frames: Mapping[str, Any], made: Made, sample: Sample | None, written: Sequence[Path]) -> dict[str, Any]:
    """The audit as `schemas/audit.schema.json` says."""
    claims, findings, verdicts = frames["claims"], frames["findings"], frames["verdicts"]
    return {
        "as_of": made.settings.as_of,
        "files": [str(path) for path in written],
        "figures": asdict(totals.overview(claims, findings, verdicts)),
        "outcomes": totals.by_severity(findings, claims).to_dicts(),
        "rules": totals.by_rule(findings, verdicts, claims).to_dicts(),
        "missing_inputs": totals.missing_inputs(frames["gaps"]).to_dicts(),
        "cells_set_aside": frames["set_aside"].height,
        "files_left_out": [{"path": one.path, "why": one.why} for one in made.left_out],
        "crashed": dict(verdicts.filter(verdicts.get_column("crashed") != "").select("rule", "crashed").rows()),
        "ignored": [
            {"word": one.word, "rules": list(one.codes), "reason": one.reason, "by": one.by} for one in made.ignored
        ],
        "sample": None if sample is None else {"claims": sample.claims.height, "seed": sample.plan.seed},
    }


def _say(frames: Mapping[str, Any], made: Made, sample: Sample | None, folder: Path) -> None:
    claims, findings, verdicts = frames["claims"], frames["findings"], frames["verdicts"]
    figures = totals.overview(claims, findings, verdicts)
    for code, why in verdicts.filter(verdicts.get_column("crashed") != "").select("rule", "crashed").rows():
        err.print(Text.assemble((f"rule {code} crashed: ", "bold red"), why))
    out.print(Text(f"{figures.claims:,} claims audited as of {made.settings.as_of} by {len(made.rules)} rules", "bold"))
    if not figures.claims:
        out.print(Text("Nothing could be judged."))
    out.print(_figures(figures, frames["set_aside"].height))
    if made.left_out:
        _say_left_out(made.left_out)
    if findings.height:
        out.print(_rules(frames))
    elif figures.claims:
        out.print(Text("No finding, as far as judged."))
    missing = totals.missing_inputs(frames["gaps"])
    if missing.height:
        out.print(Text("\nCould not be judged, for want of", "bold"))
        for row in missing.head(_INPUTS_SHOWN).iter_rows(named=True):
            out.print(Text(f"  {row['checks']:>11,}  {row['missing']}"))
        if missing.height > _INPUTS_SHOWN:
            out.print(Text(f"  and {missing.height - _INPUTS_SHOWN} inputs more, in the report", "dim"))
    if sample is not None:
        out.print(Text(f"\n{sample.claims.height:,} claims drawn for review with seed {sample.plan.seed}: sample.csv"))
    out.print(Text(f"\nThe report: {folder / 'report.html'}"), soft_wrap=True)


def _figures(figures: totals.Overview, set_aside: int) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(justify="right")
    table.add_column()
    table.add_row(dollars(figures.charge_cents), "charged")
    known = figures.claims - figures.claims_without_allowed
    table.add_row(dollars(figures.allowed_cents) if known else "unknown", f"allowed, known on {known:,} claims")
    if paid := figures.claims - figures.claims_without_paid:
        table.add_row(dollars(figures.paid_cents), f"paid, by payment files, known on {paid:,} claims")
    lost, left = (
        dollars(cents) if figures.has_prices else "unknown" for cents in (figures.lost_cents, figures.left_cents)
    )
    table.add_row(lost, "at risk: would be turned away, denied or taken back")
    table.add_row(left, "left on the table")
    table.add_row(
        f"{figures.findings:,}", f"findings, {figures.findings_without_price:,} of them without a known price"
    )
    table.add_row(f"{figures.not_judged:,}", f"checks of {figures.judged + figures.not_judged:,} could not be judged")
    if set_aside:
        table.add_row(f"{set_aside:,}", "cells could not be read, see set_aside.parquet")
    return table


def _say_left_out(left_out: Sequence[LeftOut]) -> None:
    out.print(Text(f"\n{len(left_out):,} files of the folders were not read", "bold"))
    for one in left_out[:_FILES_SHOWN]:
        out.print(Text(f"  {one.path}: {one.why}", "yellow" if one.is_damaged else ""), soft_wrap=True)
    if len(left_out) > _FILES_SHOWN:
        out.print(Text(f"  and {len(left_out) - _FILES_SHOWN:,} more, in the report", "dim"))


def _rules(frames: Mapping[str, Any]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for heading, side in (("findings", "right"), ("claims", "right"), ("rule", "left"), ("if it stays", "left")):
        table.add_column(heading, justify=side)  # type: ignore[arg-type]
    table.add_column("dollars", justify="right")
    rows = totals.by_rule(frames["findings"], frames["verdicts"], frames["claims"])
    for row in rows.head(_RULES_SHOWN).iter_rows(named=True):
        amount = dollars(row["cents"]) if row["cents"] else ""
        said = OUTCOMES[row["severity"]]
        table.add_row(f"{row['findings']:,}", f"{row['claims']:,}", row["rule"], said, amount)
    if rows.height > _RULES_SHOWN:
        table.add_row("", "", f"and {rows.height - _RULES_SHOWN} more", "", "")
    return table
