"""`cleanclaim check`: visits, flat lines or claims in; findings with their fixes out, and what could not be judged."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from cleanclaim.check.findings import Finding, Unjudged
from cleanclaim.check.summary import OUTCOMES, MissingInput, missing_inputs, outcomes
from cleanclaim.cli.arguments import DAYS, PayerOption, day_of, find_payer, known_payers, nearest
from cleanclaim.cli.checked import (
    Checked,
    check,
    claim_json,
    finding_json,
    most_at_stake,
    outcomes_json,
    previews,
    renumbered,
)
from cleanclaim.cli.decisions import (
    BaselineOption,
    ByOption,
    Decided,
    IgnoreOption,
    Options,
    PreviewOption,
    ReasonOption,
    SelectOption,
    SuppressOption,
    WriteBaselineOption,
    decide,
    decided_before,
    decided_json,
    not_shown,
    say_decided,
)
from cleanclaim.cli.inputs import read_batches, setting_of
from cleanclaim.cli.output import ExitCode, Format, FormatOption, err, out, progress, write_json
from cleanclaim.dates import written
from cleanclaim.lines.flat_columns import known_columns
from cleanclaim.money import dollars

EXAMPLE = "cleanclaim check visits.jsonl claims.837 --clinic examples/clinic-day --as-of 2026-03-06"

FilesArgument = Annotated[
    list[Path],
    typer.Argument(help="Visits (.json, .jsonl, .txt, a clinic's folder), lines (.csv, .parquet) or claims (837P)."),
]
ClinicOption = Annotated[
    Path | None, typer.Option("--clinic", help="Clinic's folder: patients, clinic, payers, and visits as history.")
]
AsOfOption = Annotated[
    datetime | None,
    typer.Option("--as-of", formats=DAYS, metavar="YYYY-MM-DD", help="The day of the check; else today."),
]
_INPUTS_SHOWN = 12
_WORDS_SHOWN = 70
"""Characters of a note that are shown beside a question about them."""


def command(
    files: FilesArgument,
    *,
    clinic: ClinicOption = None,
    payer: PayerOption = None,
    as_of: AsOfOption = None,
    select: SelectOption = None,
    ignore: IgnoreOption = None,
    reason: ReasonOption = None,
    by: ByOption = "",
    preview: PreviewOption = False,
    suppress: SuppressOption = None,
    baseline: BaselineOption = None,
    write_baseline: WriteBaselineOption = None,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Check, and say what was found, what to do, and what could not be judged.

    What people have decided before (rules ignored, findings suppressed, findings known) is not shown and does not
    fail the check; it is counted with who decided and why.
    """
    on = day_of(as_of)
    options = Options(select or (), ignore or (), reason or (), by, preview, suppress, baseline, write_baseline)
    decisions = decided_before(options)
    with progress() as display:
        task = display.add_task("Reading", total=None)
        batches = read_batches(files, setting_of(clinic, on, payer))
        if payer is not None:
            find_payer(payer, {name: pack for batch in batches for name, pack in batch.context.payers.items()})
        display.update(task, description="Checking")
        everything = check(batches, decisions.selection.rules)
        checked, decided = decide(everything, decisions, on)
    code = exit_code(checked)
    if format_ is Format.JSON:
        write_json("check", {"exit_code": int(code), "as_of": on, **as_json(checked), **decided_json(decided)})
    else:
        _say(checked, decided, on)
    raise typer.Exit(code)


def exit_code(checked: Sequence[Checked]) -> ExitCode:
    """How the check ended: crashed, nothing usable, findings, no data, or clean as far as judged."""
    if any(item.verdicts.crashed for item in checked):
        return ExitCode.CRASHED
    if not any(item.batch.judged for item in checked):
        return ExitCode.UNUSABLE
    if any(item.findings or item.batch.rejections or item.batch.problems for item in checked):
        return ExitCode.FINDINGS
    is_open = any(item.unjudged or item.batch.questions for item in checked)
    return ExitCode.NO_DATA if is_open else ExitCode.CLEAN


# --- JSON ------------------------------------------------------------------------------------------------


def as_json(checked: Sequence[Checked]) -> dict[str, Any]:
    """The check as `schemas/check.schema.json` says."""
    every = [(item, one) for item in checked for one in item.findings]
    return {
        "claims": sum(item.batch.judged for item in checked),
        "findings": [finding_json(item.batch, one) for item, one in every],
        "outcomes": outcomes_json(checked),
        "checks_not_judged": sum(len(item.unjudged) for item in checked),
        "missing_inputs": [
            {"input": one.name, "rules": list(one.rules), "checks": one.checks, "claims": one.claims}
            for one in _missing(checked)
        ],
        "questions": [
            {
                **claim_json(item.batch, claim_id),
                "about": question.what,
                "question": question.question,
                "candidates": list(question.candidates),
            }
            for item in checked
            for claim_id, question in item.batch.questions
        ],
        "rejections": [
            {"file": one.file, "row": one.row, "key": one.key, "field": one.field, "expected": one.expected}
            for item in checked
            for one in item.batch.rejections
        ],
        "file_problems": [
            {
                "file": file,
                "segment": problem.segment,
                "loop": problem.loop,
                "element": problem.element,
                "found": problem.found,
                "expected": problem.expected,
            }
            for item in checked
            for file, problem in item.batch.problems
        ],
        "columns_not_read": {file: list(names) for item in checked for file, names in item.batch.unread.items()},
        "crashed": {code: why for item in checked for code, why in item.verdicts.crashed.items()},
    }


def _missing(checked: Sequence[Checked]) -> list[MissingInput]:
    """What is missing over all batches."""
    moved, before = [], 0
    for item in checked:
        moved += [Unjudged(one.code, one.table, one.key, one.claim_id + before, one.missing) for one in item.unjudged]
        before += len(item.batch.names)
    return missing_inputs(moved)


# --- text ------------------------------------------------------------------------------------------------


def _say(checked: Sequence[Checked], decided: Decided, on: date) -> None:
    for item in checked:
        _say_batch(item)
    _say_not_judged(checked)
    for item in checked:
        for code, why in item.verdicts.crashed.items():
            err.print(Text.assemble((f"rule {code} crashed: ", "bold red"), why))
    say_decided(decided)
    _say_total(checked, on, not_shown(decided))


def _say_batch(item: Checked) -> None:
    batch = item.batch
    for one in batch.rejections:
        err.print(Text.assemble(("set aside: ", "yellow"), str(one)), soft_wrap=True)
    for file, problem in batch.problems:
        err.print(Text.assemble(("in the file: ", "yellow"), f"{file}, {problem}"), soft_wrap=True)
    for file, names in batch.unread.items():
        err.print(Text.assemble(("not read: ", "yellow"), f"{file}: {_columns(names)}"), soft_wrap=True)
    by_claim: dict[int, list[Finding]] = {}
    for finding in item.findings:
        by_claim.setdefault(finding.claim_id, []).append(finding)
    asked: dict[int, list[str]] = {}
    for claim_id, question in batch.questions:
        cited = textwrap.shorten(question.what, _WORDS_SHOWN, placeholder=" …")
        asked.setdefault(claim_id, []).append(f"{question.question} ({cited})")
    for claim_id in sorted({*by_claim, *asked}):
        named = batch.names[claim_id]
        about = [written(named.day) if named.day else "no date", named.payer or "payer unknown", named.file]
        out.print(Text.assemble((named.key or "no id", "bold"), "  ", ("  ".join(about), "dim")))
        if claim_id in by_claim:
            out.print(_findings_table(by_claim[claim_id]))
        for words in asked.get(claim_id, []):
            out.print(Text(f"  to be answered: {words}"))
        out.print()


def _payers_without_file(checked: Sequence[Checked]) -> Counter[str]:
    """Payers that the claims name and that no file describes, each with its claims."""
    return Counter(
        named.payer
        for item in checked
        for named in item.batch.names
        if named.payer is not None and named.payer not in known_payers(item.batch.context.payers)
    )


def _columns(names: Sequence[str]) -> str:
    """Columns that no table has, each with the nearest one that there is."""
    said = []
    for name in names:
        near = nearest(name, known_columns(), limit=1)
        said.append(f"{name} (did you mean {near[0]}?)" if near else name)
    return f"column{'s' if len(said) > 1 else ''} {', '.join(said)}"


def _findings_table(findings: Sequence[Finding]) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(ratio=1)
    table.add_column(justify="right", no_wrap=True)
    order = list(OUTCOMES)
    for finding in sorted(findings, key=lambda one: (order.index(one.severity), one.code, one.key)):
        said = Text(finding.said)
        standing = ", preview" if finding.code in previews() else ""
        said.append(f" ({OUTCOMES[finding.severity]}{standing})", "dim")
        if finding.changes:
            who = "safe to apply" if finding.fix_safety == "safe" else "for a named person to decide"
            said.append(f"\nfix: {finding.fix_title} ({who})", "green")
        amount = dollars(finding.cents) if finding.cents is not None else ""
        table.add_row(f"  {finding.code}", finding.place, said, amount)
    return table


def _say_not_judged(checked: Sequence[Checked]) -> None:
    missing = _missing(checked)
    if not missing:
        return
    out.print(Text("Could not be judged, for want of an input", "bold"))
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("rules", justify="right")
    table.add_column("claims", justify="right")
    table.add_column("what is missing")
    for one in missing[:_INPUTS_SHOWN]:
        table.add_row(str(len(one.rules)), str(one.claims), Text(one.name))
    out.print(table)
    if len(missing) > _INPUTS_SHOWN:
        out.print(Text(f"and {len(missing) - _INPUTS_SHOWN} inputs more: --format json lists all", "dim"))
    out.print()


def _say_total(checked: Sequence[Checked], on: date, beside: str) -> None:
    claims = sum(item.batch.judged for item in checked)
    aside = len({(one.file, one.row) for item in checked for one in item.batch.rejections})
    findings = renumbered(checked)
    flagged = len({finding.claim_id for finding in findings})
    counted = f"{claims} claim{'' if claims == 1 else 's'} checked as of {on}"
    if not claims:
        why = "" if aside else ": there is no visit, line or claim to be judged in what was given"
        out.print(Text(f"Nothing could be checked{why}.", "bold"))
    elif findings:
        said = f"{len(findings)} finding{'' if len(findings) == 1 else 's'}"
        out.print(Text(f"{counted}: {said} on {flagged}{beside}", "bold"))
        for one in outcomes(findings, most_at_stake(checked)):
            amount = f", {dollars(one.cents)}" if one.cents else ""
            unpriced = f", {one.without_price} without a known price" if one.cents and one.without_price else ""
            out.print(Text(f"  {one.findings} {OUTCOMES[one.severity]}{amount}{unpriced}"))
    elif crashed := {code for item in checked for code in item.verdicts.crashed}:
        said = f"{len(crashed)} rule{'' if len(crashed) == 1 else 's'} crashed, so nothing here is called clean"
        out.print(Text(f"{counted}: {said}", "bold"))
    else:
        asked = sum(len(item.batch.questions) for item in checked)
        still = f", with {asked} question{'' if asked == 1 else 's'} open" if asked else ""
        said = f"no other finding, as far as judged{beside}" if beside else "clean as far as judged"
        out.print(Text(f"{counted}: {said}{still}", "bold"))
    unknown = sum(named.payer is None for item in checked for named in item.batch.names)
    if unknown:
        out.print(Text(f"  the payer of {unknown} claim{'' if unknown == 1 else 's'} is unknown: --payer names one"))
    for payer, count in _payers_without_file(checked).items():
        near = nearest(payer, known_payers({}), limit=1)
        hint = f"did you mean {near[0]}?" if near else "see `cleanclaim payer list`"
        out.print(Text(f"  no payer file {payer!r} ({count} claim{'' if count == 1 else 's'}): {hint}"))
    if aside:
        out.print(Text(f"  {aside} set aside, because they could not be read"))
