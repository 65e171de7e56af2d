"""`cleanclaim bill`: a clinic's folder in; claims, forms, findings and a report out."""

from __future__ import annotations

import os
from collections import Counter
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from cleanclaim import dates
from cleanclaim.bill.job import Billed, ClaimState, bill
from cleanclaim.bill.output import Written, write_claim_files, write_documents, write_forms
from cleanclaim.bill.report import SEVERITY_WORDS, render_report
from cleanclaim.cli.arguments import DAYS
from cleanclaim.cli.output import ExitCode, Format, FormatOption, err, out, progress, unusable, write_json
from cleanclaim.private_files import write_private
from cleanclaim.records.reading import FolderError, Loaded, read_folder
from cleanclaim.reference.payers import Payer, PayerFileError, load_folder
from cleanclaim.rules.rationale import spoken_name
from cleanclaim.x12 import ControlNumberError

_MOST_PROCESSES = 4
"""Each that reads notes takes a quarter of a gigabyte."""

EXAMPLE = "cleanclaim bill examples/clinic-day --out out"


def command(
    folder: Annotated[Path, typer.Argument(help="Folder with clinic.json, patients.json, visits/ and maybe payers/.")],
    out_folder: Annotated[Path, typer.Option("--out", "-o", help="Folder to write into.")] = Path("out"),
    as_of: Annotated[
        datetime | None,
        typer.Option(formats=DAYS, metavar="YYYY-MM-DD", help="The day to bill on; else today."),
    ] = None,
    pdf: Annotated[
        bool, typer.Option("--pdf/--no-pdf", help="Print claim forms (as copies) and superbills to PDF.")
    ] = False,
    preprinted: Annotated[
        bool, typer.Option("--preprinted", help="Print claim data to PDF for pre-printed CMS-1500 sheets.")
    ] = False,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Read the folder, bill it, write the results and say what to look at."""
    try:
        loaded = read_folder(folder)
        packs = _packs(folder)
    except (FolderError, PayerFileError) as error:
        unusable(str(error))
    if loaded.clinic is None:
        unusable(f"{folder}: clinic.json holds no clinic")
    now = datetime.now().astimezone()
    today = as_of.date() if as_of is not None else now.date()
    with progress() as display:
        task = display.add_task("Reading notes", total=3 * len(loaded.visits))

        def advance(stage: str, count: int) -> None:
            display.update(
                task, advance=count, description={"read": "Checking", "check": "Building"}.get(stage, "Writing")
            )

        billed = bill(
            loaded.clinic,
            loaded.patients,
            loaded.visits,
            as_of=today,
            packs=packs,
            processes=min(os.cpu_count() or 1, _MOST_PROCESSES),
            advance=advance,
        )
        written = Written()
        try:
            write_claim_files(billed, loaded.clinic, out_folder, created=now, written=written)
        except ControlNumberError as error:
            unusable(str(error))
        write_forms(billed, out_folder, written, copies=pdf, preprinted=preprinted)
        figures = write_documents(billed, loaded.rejections, out_folder, written)
        page = render_report(
            billed, clinic_name=loaded.clinic.organization.name, as_of=today, rejections=loaded.rejections
        )
        write_private(out_folder / "report.html", page.encode())
        written.files.append(out_folder / "report.html")
    code = exit_code(billed, loaded, figures)
    if format_ is Format.JSON:
        write_json("bill", {"exit_code": int(code), "files": [str(path) for path in written.files], **figures})
    else:
        _say(billed, loaded, figures, written, out_folder, today)
    raise typer.Exit(code)


def _packs(folder: Path) -> dict[str, Payer]:
    own = folder / "payers"
    return {payer.id: payer for payer in load_folder(own)} if own.is_dir() else {}


def exit_code(billed: Billed, loaded: Loaded, figures: dict[str, Any]) -> ExitCode:
    """How the job ended: crashed, nothing usable, findings, no data, or clean as far as judged."""
    if billed.crashed:
        return ExitCode.CRASHED
    if not billed.claims:
        return ExitCode.UNUSABLE
    states = figures["claims"]
    if figures["findings"] or states[ClaimState.QUESTION.value] or loaded.rejections:
        return ExitCode.FINDINGS
    return ExitCode.NO_DATA if figures["rows_not_judged"] else ExitCode.CLEAN


_STATE_WORDS = {
    ClaimState.READY: "ready to file, clean as far as judged",
    ClaimState.SUPERBILL: "superbill for the patient (cash or out of network)",
    ClaimState.HELD: "held: would be rejected, denied or taken back",
    ClaimState.QUESTION: "waiting for an answer: the note leaves something open",
    ClaimState.NOT_JUDGED: "not judged: a rule crashed",
}


def _say(billed: Billed, loaded: Loaded, figures: dict[str, Any], written: Written, folder: Path, today: date) -> None:
    out.print(f"[bold]{len(billed.claims)} visits billed as of {dates.written(today)}[/]")
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(justify="right")
    table.add_column()
    for state, words in _STATE_WORDS.items():
        count = figures["claims"][state.value]
        if count:
            table.add_row(str(count), words)
        if state is ClaimState.READY and figures["ready_unconfirmed"]:
            table.add_row(
                "", f"of these, {figures['ready_unconfirmed']} by tables whose edition is not of the visit’s date"
            )
    if loaded.rejections:
        table.add_row(str(len(loaded.rejections)), "fields of records set aside, see rejected.json")
    out.print(table)
    _say_findings(billed)
    if figures["left_out"]:
        out.print(f"\n[bold]Named in a note and left out[/] ({sum(figures['left_out'].values())}), see report.html")
        for why, count in figures["left_out"].items():
            out.print(f"  {count:5}  {why}")
    if figures["rows_not_judged"]:
        out.print(f"\n[bold]Could not be judged[/] ({figures['rows_not_judged']:,} checks), for want of")
        for name, count in list(figures["missing_inputs"].items())[:8]:
            out.print(f"  {count:5}  {name}", soft_wrap=True)
    for code, why in billed.crashed.items():
        err.print(f"[bold red]rule {code} crashed:[/] {why}")
    for gap in written.gaps:
        err.print(f"[yellow]not written:[/] {gap}", soft_wrap=True)
    for problem in written.form_problems:
        err.print(f"[yellow]not on a form:[/] {problem}", soft_wrap=True)
    out.print(f"\nWritten to {folder}:")
    for path in written.files:
        out.print(f"  {path.relative_to(folder)}")


def _say_findings(billed: Billed) -> None:
    counts = Counter(
        (finding.code, finding.name, finding.severity) for item in billed.claims for finding in item.findings
    )
    if not counts:
        return
    out.print(f"\n[bold]Findings[/] ({sum(counts.values())})")
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("", justify="right")
    table.add_column("rule")
    table.add_column("what")
    table.add_column("if it stays")
    order = list(SEVERITY_WORDS)
    ranked = sorted(counts.items(), key=lambda entry: (order.index(entry[0][2]), -entry[1], entry[0]))
    for (code, name, severity), count in ranked:
        table.add_row(str(count), code, spoken_name(name), SEVERITY_WORDS[severity].lower())
    out.print(table)
