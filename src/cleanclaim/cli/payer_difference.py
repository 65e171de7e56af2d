"""`cleanclaim payer diff`: what a pack would change on past claims, before it is switched on.

The claims are read and checked twice: with the packs in use, and with the pack on trial before them. Nothing is
written.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from cleanclaim.check.difference import Changed, Difference, Placed, by_rule, compare
from cleanclaim.cli.arguments import DAYS, PayerOption, PayersOption, day_of, find_payer, own_payers
from cleanclaim.cli.checked import Checked, check, outcomes_json, placed
from cleanclaim.cli.decisions import PreviewOption, SelectOption, named_rules
from cleanclaim.cli.inputs import Batch, read_batches, setting_of
from cleanclaim.cli.output import ExitCode, Format, FormatOption, err, out, progress, unusable, write_json
from cleanclaim.money import dollars
from cleanclaim.reference import payers
from cleanclaim.reference.payers import Payer, PayerFileError
from cleanclaim.rules.kit import Rule

_SHOWN = 20
"""Findings that are listed as text for each kind of change; JSON lists all."""

OnOption = Annotated[
    list[Path],
    typer.Option(
        "--on", metavar="PATH", help="Past claims, as `check` reads them: a clinic's folder or files. May be repeated."
    ),
]


@dataclass(frozen=True, slots=True)
class _Trial:
    """Both checks, and what differs."""

    pack: Payer
    before: Sequence[Checked]
    after: Sequence[Checked]
    difference: Difference

    @property
    def claims(self) -> int:
        """Claims that are checked."""
        return sum(item.batch.judged for item in self.after)

    @property
    def governed(self) -> int:
        """Claims of the pack's payer."""
        return sum(_governed(item.batch, self.pack.id) for item in self.after)

    @property
    def crashed(self) -> dict[str, str]:
        """Rules that crashed in either check, and why."""
        return {code: why for item in (*self.before, *self.after) for code, why in item.verdicts.crashed.items()}


def diff_pack(
    pack: Annotated[Path, typer.Argument(help="The payer file (.toml) on trial.")],
    *,
    on: OnOption,
    clinic: Annotated[
        Path | None, typer.Option("--clinic", help="Clinic's folder: patients, clinic, payers, and visits as history.")
    ] = None,
    payer_folder: PayersOption = None,
    payer: PayerOption = None,
    as_of: Annotated[
        datetime | None,
        typer.Option("--as-of", formats=DAYS, metavar="YYYY-MM-DD", help="The day of the check; else today."),
    ] = None,
    select: SelectOption = None,
    preview: PreviewOption = False,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Show what a payer file would change on past claims before it is switched on.

    Exit code: 0 nothing would change, 1 something would, 2 the file or the claims cannot be used, 3 no claim is of
    this payer, 4 a rule crashed.
    """
    day = day_of(as_of)
    tried = _load(pack)
    rules = named_rules(select or (), preview=preview)
    setting = setting_of(clinic, day, payer)
    setting = replace(setting, packs={**own_payers(payer_folder), **setting.packs})
    if payer is not None and payer != tried.id:
        find_payer(payer, setting.packs)
    with progress() as display:
        task = display.add_task("Checking with the packs in use", total=None)
        before = check(read_batches(on, setting), rules)
        display.update(task, description=f"Checking with {tried.id} on trial")
        trial = replace(setting, packs={**setting.packs, tried.id: tried}, tried={tried.id: tried})
        after = check(read_batches(on, trial), rules)
    found = _Trial(tried, before, after, compare(placed(before), placed(after)))
    code = _exit_code(found)
    if format_ is Format.JSON:
        write_json("payer-diff", {"exit_code": int(code), "as_of": day, **_as_json(found, rules)})
    else:
        _say(found, day)
    raise typer.Exit(code)


def _load(path: Path) -> Payer:
    try:
        return payers.load_pack(path)
    except PayerFileError as error:
        more = f" (and {len(error.problems) - 1} problems more: `cleanclaim payer check`)" if error.problems[1:] else ""
        unusable(f"{error}{more}")


def _governed(batch: Batch, payer: str) -> int:
    history = batch.tables.claims.get_column("is_history").to_list()
    return sum(named.payer == payer and not past for named, past in zip(batch.names, history, strict=True))


def _exit_code(trial: _Trial) -> ExitCode:
    if trial.crashed:
        return ExitCode.CRASHED
    if not trial.claims:
        return ExitCode.UNUSABLE
    if not trial.difference.is_empty:
        return ExitCode.FINDINGS
    return ExitCode.CLEAN if trial.governed else ExitCode.NO_DATA


def _unjudged(checked: Iterable[Checked]) -> int:
    return sum(len(item.unjudged) for item in checked)


# --- telling ---------------------------------------------------------------------------------------------


def _as_json(trial: _Trial, rules: Sequence[Rule]) -> dict[str, Any]:
    difference = trial.difference
    return {
        "pack": trial.pack.id,
        "replaces_shipped": trial.pack.id in payers.all_ids(),
        "claims": trial.claims,
        "claims_of_the_payer": trial.governed,
        "rules": len(rules),
        "added": [_placed_json(one) for one in difference.added],
        "removed": [_placed_json(one) for one in difference.removed],
        "changed": [
            {
                **_where_json(one.after),
                "before": {"message": one.before.message, "cents": one.before.cents},
                "after": {"message": one.after.message, "cents": one.after.cents},
            }
            for one in difference.changed
        ],
        "same": difference.same,
        "by_rule": [
            {
                "rule": one.rule,
                "added": one.added,
                "removed": one.removed,
                "changed": one.changed,
                "cents": one.cents,
                "without_price": one.unpriced,
            }
            for one in by_rule(difference)
        ],
        "outcomes": {"before": outcomes_json(trial.before), "after": outcomes_json(trial.after)},
        "checks_not_judged": {"before": _unjudged(trial.before), "after": _unjudged(trial.after)},
        "crashed": trial.crashed,
    }


def _where_json(one: Placed) -> dict[str, Any]:
    return {"file": one.file, "claim": one.claim, "date": one.day, "rule": one.rule, "place": one.place}


def _placed_json(one: Placed) -> dict[str, Any]:
    return {**_where_json(one), "message": one.message, "cents": one.cents}


def _say(trial: _Trial, day: date) -> None:
    difference = trial.difference
    for title, findings in (("would come", difference.added), ("would go", difference.removed)):
        if findings:
            out.print(Text(f"Findings that {title}", "bold"))
            out.print(_listed((one, one.said, _amount(one)) for one in findings[:_SHOWN]))
            _say_more(len(findings))
    if difference.changed:
        out.print(Text("Findings that would say something else", "bold"))
        out.print(_listed(_said(one) for one in difference.changed[:_SHOWN]))
        _say_more(len(difference.changed))
    _say_rules(difference)
    _say_total(trial, day)


def _amount(one: Placed) -> str:
    return dollars(one.cents) if one.cents is not None else ""


def _said(one: Changed) -> tuple[Placed, str, str]:
    """A changed finding, with its words and amount on both sides where they differ."""
    before, after = one.before, one.after
    words = after.said if before.said == after.said else f"{before.said}\nthen: {after.said}"
    if before.cents == after.cents:
        return after, words, _amount(after)
    return after, words, f"{_amount(before) or 'no price'} → {_amount(after) or 'no price'}"


def _listed(findings: Iterable[tuple[Placed, str, str]]) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for _ in range(3):
        table.add_column(no_wrap=True)
    table.add_column(ratio=1)
    table.add_column(justify="right", no_wrap=True)
    for one, said, amount in findings:
        table.add_row(Text(f"  {one.claim or 'no id'}"), one.rule, one.place, Text(said), amount)
    return table


def _say_more(count: int) -> None:
    if count > _SHOWN:
        out.print(Text(f"  and {count - _SHOWN} more: --format json lists all", "dim"))
    out.print()


def _say_rules(difference: Difference) -> None:
    changes = by_rule(difference)
    if not changes:
        return
    out.print(Text("By rule", "bold"))
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("rule")
    for name in ("come", "go", "change", "at stake", "without a price"):
        table.add_column(name, justify="right")
    for one in changes:
        sign = "+" if one.cents > 0 else ""
        stake = f"{sign}{dollars(one.cents)}" if one.cents else ""
        counts = (str(number) if number else "" for number in (one.added, one.removed, one.changed))
        table.add_row(f"  {one.rule}", *counts, stake, str(one.unpriced) if one.unpriced else "")
    out.print(table)
    out.print()


def _say_total(trial: _Trial, day: date) -> None:
    difference = trial.difference
    claims = f"{trial.claims} claim{'' if trial.claims == 1 else 's'}"
    if not trial.claims:
        out.print(Text("Nothing could be checked.", "bold"))
        return
    if trial.crashed:
        for why in dict.fromkeys(trial.crashed.values()):
            codes = ", ".join(sorted(code for code, other in trial.crashed.items() if other == why))
            err.print(Text.assemble(("crashed: ", "bold red"), f"{codes}: {why}"), soft_wrap=True)
        out.print(Text(f"{len(trial.crashed)} rules crashed, so nothing can be said for the whole", "bold"))
        return
    changes = f"{len(difference.added)} findings come, {len(difference.removed)} go, {len(difference.changed)} change"
    said = f"nothing would change ({difference.same} findings the same)" if difference.is_empty else changes
    out.print(Text(f"{claims} checked twice as of {day}, {trial.governed} of payer {trial.pack.id}: {said}", "bold"))
    before, after = _unjudged(trial.before), _unjudged(trial.after)
    if before != after:
        out.print(Text(f"  checks for which an input is missing: {before} before, {after} after"))
    if not trial.governed:
        out.print(Text(f"  no claim is of payer {trial.pack.id}: --payer names it for claims that name none"))
