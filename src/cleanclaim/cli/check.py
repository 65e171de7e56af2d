"""`cleanclaim check`: visits, flat lines or claims in; findings with their fixes out, and what could not be judged."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from cleanclaim.check.findings import Finding, Unjudged
from cleanclaim.check.judge import Judge, Verdicts
from cleanclaim.check.summary import OUTCOMES, MissingInput, missing_inputs, outcomes
from cleanclaim.cli.arguments import PayerOption, day_of, find_payer, nearest
from cleanclaim.cli.inputs import Batch, read_batches, setting_of
from cleanclaim.cli.output import ExitCode, Format, FormatOption, err, out, progress, unusable, write_json
from cleanclaim.lines.from_flat import known_columns
from cleanclaim.money import dollars
from cleanclaim.rules import book
from cleanclaim.rules.kit import Rule

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
    typer.Option("--as-of", formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="The day of the check; else today."),
]
SelectOption = Annotated[
    list[str] | None, typer.Option("--select", help="Only rules whose code begins so: UN, DX101. May be repeated.")
]
IgnoreOption = Annotated[list[str] | None, typer.Option("--ignore", help="No rule whose code begins so.")]

_INPUTS_SHOWN = 12
_WORDS_SHOWN = 70
"""Characters of a note that are shown beside a question about them."""


@dataclass(frozen=True, slots=True)
class Checked:
    """One batch with its verdicts."""

    batch: Batch
    verdicts: Verdicts
    findings: tuple[Finding, ...]
    unjudged: tuple[Unjudged, ...]


def command(
    files: FilesArgument,
    *,
    clinic: ClinicOption = None,
    payer: PayerOption = None,
    as_of: AsOfOption = None,
    select: SelectOption = None,
    ignore: IgnoreOption = None,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Check, and say what was found, what to do, and what could not be judged."""
    on = day_of(as_of)
    rules = chosen_rules(select or [], ignore or [])
    with progress() as display:
        task = display.add_task("Reading", total=None)
        batches = read_batches(files, setting_of(clinic, on, payer))
        if payer is not None:
            find_payer(payer, {name: pack for batch in batches for name, pack in batch.context.payers.items()})
        display.update(task, description="Checking")
        checked = check(batches, rules)
    code = exit_code(checked)
    if format_ is Format.JSON:
        write_json("check", {"exit_code": int(code), "as_of": on, **as_json(checked)})
    else:
        _say(checked, on)
    raise typer.Exit(code)


def chosen_rules(select: Sequence[str], ignore: Sequence[str]) -> tuple[Rule, ...]:
    """The rules asked for; leaves with a message when a word begins no rule's code."""
    codes = [rule.code for rule in book.rules()]
    wanted = []
    for option, words in (("--select", select), ("--ignore", ignore)):
        given = [word.strip().upper() for text in words for word in text.split(",") if word.strip()]
        for place, word in enumerate(given):
            entry = book.entry(word)
            if entry is not None:
                given[place] = entry.rule.code
            elif not any(code.startswith(word) for code in codes):
                near = nearest(word, codes)
                hint = f"; did you mean {' or '.join(near)}?" if near else ""
                unusable(f"{option}: no rule's code begins with {word!r}{hint}")
        wanted.append(given)
    return book.select(*wanted)


def check(batches: Iterable[Batch], rules: Sequence[Rule]) -> list[Checked]:
    """Judge every batch by the rules."""
    # What a claim is allowed bounds what its findings cost; without a rule that has dollars, nothing is priced.
    prices = {"claims": ("claim_allowed_cents",)} if any(rule.dollars is not None for rule in rules) else None
    judge = Judge(rules, extra=prices)
    found = []
    for batch in batches:
        verdicts = judge.judge(batch.tables, batch.context)
        found.append(Checked(batch, verdicts, tuple(verdicts.findings()), tuple(verdicts.unjudged())))
    return found


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
        "outcomes": [
            {
                "severity": one.severity,
                "findings": one.findings,
                "claims": one.claims,
                "cents": one.cents,
                "without_price": one.without_price,
            }
            for one in outcomes(_renumbered(checked), _allowed(checked))
        ],
        "checks_not_judged": sum(len(item.unjudged) for item in checked),
        "missing_inputs": [
            {"input": one.name, "rules": list(one.rules), "checks": one.checks, "claims": one.claims}
            for one in _missing(checked)
        ],
        "questions": [
            {
                **_claim_json(item.batch, claim_id),
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


def finding_json(batch: Batch, finding: Finding) -> dict[str, Any]:
    """One finding, with its claim and its fix."""
    return {
        **_claim_json(batch, finding.claim_id),
        "rule": finding.code,
        "name": finding.name,
        "severity": finding.severity,
        "place": finding.place,
        "message": finding.message,
        "cents": finding.cents,
        "fix": {"title": finding.fix_title, "safety": finding.fix_safety} if finding.changes else None,
    }


def _claim_json(batch: Batch, claim_id: int) -> dict[str, Any]:
    named = batch.names[claim_id]
    return {"file": named.file, "claim": named.key, "date": named.day, "payer": named.payer}


def _renumbered(checked: Sequence[Checked]) -> list[Finding]:
    """All findings, with claims of different batches told apart."""
    found, before = [], 0
    for item in checked:
        found += [replace(one, claim_id=one.claim_id + before) for one in item.findings]
        before += len(item.batch.names)
    return found


def _allowed(checked: Sequence[Checked]) -> dict[int, int | None]:
    """What each claim is allowed in cents, where its price is known, by the claim ids of `_renumbered`."""
    found: dict[int, int | None] = {}
    before = 0
    for item in checked:
        claims = item.verdicts.workspace.frames["claims"]
        if "claim_allowed_cents" in claims.columns:
            amounts = claims.select("claim_id", "claim_allowed_cents").iter_rows()
            found |= {before + claim_id: cents for claim_id, cents in amounts}
        before += len(item.batch.names)
    return found


def _missing(checked: Sequence[Checked]) -> list[MissingInput]:
    """What is missing over all batches."""
    moved, before = [], 0
    for item in checked:
        moved += [Unjudged(one.code, one.table, one.key, one.claim_id + before, one.missing) for one in item.unjudged]
        before += len(item.batch.names)
    return missing_inputs(moved)


# --- text ------------------------------------------------------------------------------------------------


def _say(checked: Sequence[Checked], on: date) -> None:
    for item in checked:
        _say_batch(item)
    _say_not_judged(checked)
    for item in checked:
        for code, why in item.verdicts.crashed.items():
            err.print(Text.assemble((f"rule {code} crashed: ", "bold red"), why))
    _say_total(checked, on)


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
        about = [str(named.day) if named.day else "no date", named.payer or "payer unknown", named.file]
        out.print(Text.assemble((named.key or "no id", "bold"), "  ", ("  ".join(about), "dim")))
        if claim_id in by_claim:
            out.print(_findings_table(by_claim[claim_id]))
        for words in asked.get(claim_id, []):
            out.print(Text(f"  to be answered: {words}"))
        out.print()


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
        said = Text(finding.message)
        said.append(f" ({OUTCOMES[finding.severity]})", "dim")
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


def _say_total(checked: Sequence[Checked], on: date) -> None:
    claims = sum(item.batch.judged for item in checked)
    aside = sum(len(item.batch.rejections) for item in checked)
    findings = _renumbered(checked)
    flagged = len({finding.claim_id for finding in findings})
    counted = f"{claims} claim{'' if claims == 1 else 's'} checked as of {on}"
    if not claims:
        out.print(Text("Nothing could be checked.", "bold"))
    elif findings:
        out.print(Text(f"{counted}: {len(findings)} findings on {flagged}", "bold"))
        for one in outcomes(findings, _allowed(checked)):
            amount = f", {dollars(one.cents)}" if one.cents else ""
            unpriced = f", {one.without_price} without a known price" if one.cents and one.without_price else ""
            out.print(Text(f"  {one.findings} {OUTCOMES[one.severity]}{amount}{unpriced}"))
    else:
        asked = sum(len(item.batch.questions) for item in checked)
        still = f", with {asked} question{'' if asked == 1 else 's'} open" if asked else ""
        out.print(Text(f"{counted}: clean as far as judged{still}", "bold"))
    unknown = sum(named.payer is None for item in checked for named in item.batch.names)
    if unknown:
        out.print(Text(f"  the payer of {unknown} claim{'' if unknown == 1 else 's'} is unknown: --payer names one"))
    if aside:
        out.print(Text(f"  {aside} set aside, because they could not be read"))
