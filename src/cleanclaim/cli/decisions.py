"""What people have decided about findings, taken and repeated by `check`: rules ignored, findings suppressed or known.

Nothing is left out silently: each decision is counted in the report with who made it and why, and a suppression that
is no longer needed is told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from cleanclaim.check import baseline, selection, suppression
from cleanclaim.check.baseline import Baseline, BaselineFileError, Known
from cleanclaim.check.contents import contents
from cleanclaim.check.findings import Finding
from cleanclaim.check.selection import Selection, SelectionError
from cleanclaim.check.suppression import Stale, Standing, Suppressed, Suppression, SuppressionFileError
from cleanclaim.cli.arguments import nearest
from cleanclaim.cli.checked import Checked, finding_json
from cleanclaim.cli.inputs import Batch
from cleanclaim.cli.output import out, unusable
from cleanclaim.money import dollars
from cleanclaim.private_files import write_private
from cleanclaim.rules import book
from cleanclaim.rules.kit import Rule

SelectOption = Annotated[
    list[str] | None, typer.Option("--select", help="Only rules whose code begins so: UN, DX101. May be repeated.")
]
IgnoreOption = Annotated[
    list[str] | None, typer.Option("--ignore", help="No rule whose code begins so; with --reason and --by.")
]
ReasonOption = Annotated[
    list[str] | None, typer.Option("--reason", help="Why; once, or once for each --ignore.", metavar="TEXT")
]
ByOption = Annotated[str, typer.Option("--by", help="Name of the person who ignores rules.", metavar="NAME")]
PreviewOption = Annotated[
    bool, typer.Option("--preview", help="Also rules in preview, whose words and reach may still change.")
]
SuppressOption = Annotated[
    Path | None,
    typer.Option("--suppress", metavar="FILE", help="Findings set aside claim by claim (TOML); told apart, with why."),
]
BaselineOption = Annotated[
    Path | None, typer.Option("--baseline", metavar="FILE", help="Known findings, which are counted and told apart.")
]
WriteBaselineOption = Annotated[
    Path | None,
    typer.Option("--write-baseline", metavar="FILE", help="Write the findings as known ones, for later."),
]

_NAMED = 12
"""Suppressed findings, or stale entries, that are listed as text; JSON lists all."""


@dataclass(frozen=True, slots=True)
class Options:
    """The options as they were given."""

    select: Sequence[str] = ()
    ignore: Sequence[str] = ()
    reasons: Sequence[str] = ()
    by: str = ""
    preview: bool = False
    suppress: Path | None = None
    baseline: Path | None = None
    write_to: Path | None = None


@dataclass(frozen=True, slots=True)
class Decisions:
    """What was decided before the check: the rules chosen, the suppressions, the known findings and where to write."""

    selection: Selection
    suppressions: tuple[Suppression, ...] = ()
    suppressions_path: Path | None = None
    baseline: Baseline | None = None
    baseline_path: Path | None = None
    write_to: Path | None = None
    salt: bytes = b""
    """The salt of the baseline that is written anew; empty: a new one is drawn."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What the decisions came to: what is not shown, and entries that hide nothing any more."""

    decisions: Decisions
    on: date
    suppressed: tuple[tuple[Batch, Suppressed], ...] = ()
    stale: tuple[Stale, ...] = ()
    known: tuple[Finding, ...] = ()
    not_met: int = 0
    written: int | None = None
    """How many findings were written as known ones; `None`: nothing was written."""


def named_rules(select: Sequence[str], ignore: Sequence[str] = (), *, preview: bool = False) -> tuple[Rule, ...]:
    """The rules asked for; leaves with a message when a word begins no rule's code."""
    try:
        return selection.chosen(select, ignore, preview=preview).rules
    except SelectionError as error:
        unusable(_said(error))


def decided_before(options: Options) -> Decisions:
    """Read what was decided before the check; leaves with a message when something cannot be used."""
    try:
        chosen = selection.chosen_by(
            options.select, options.ignore, reasons=options.reasons, by=options.by, preview=options.preview
        )
        entries = suppression.read_suppressions(options.suppress) if options.suppress is not None else ()
        known = baseline.read_baseline(options.baseline) if options.baseline is not None else None
        salt = _salt_of(options.write_to)
    except SelectionError as error:
        unusable(_said(error))
    except (SuppressionFileError, BaselineFileError) as error:
        unusable(str(error))
    return Decisions(chosen, entries, options.suppress, known, options.baseline, options.write_to, salt)


def _salt_of(path: Path | None) -> bytes:
    """The salt of the baseline that is written anew, so that what has not changed stays as it is in the file."""
    return baseline.read_baseline(path).salt if path is not None and path.exists() else b""


def _said(error: SelectionError) -> str:
    near = nearest(error.word, [rule.code for rule in book.rules()]) if error.word else []
    return f"{error}; did you mean {' or '.join(near)}?" if near else str(error)


# --- applying --------------------------------------------------------------------------------------------


def decide(checked: Sequence[Checked], decisions: Decisions, on: date) -> tuple[list[Checked], Decided]:
    """Part what is shown from what was decided before; write the baseline where that was asked for.

    A baseline is not written from a check in which a rule crashed: what that rule would have found is not known.
    """
    parted = [_without_suppressed(item, decisions.suppressions, on) for item in checked]
    shown = [item for item, _ in parted]
    suppressed = tuple((item.batch, one) for item, hidden in parted for one in hidden)
    known = decisions.baseline
    written = None
    if decisions.write_to is not None and not any(item.verdicts.crashed for item in checked):
        found = [(one, content) for item in shown for one, content in zip(item.findings, _contents(item), strict=True)]
        known = Baseline.of((content for _, content in found), (one.code for one, _ in found), decisions.salt)
        write_private(decisions.write_to, known.text().encode())
        written = len(found)
    known_findings: list[Finding] = []
    not_met = 0
    if known is not None:
        use = Known(known)
        for place, item in enumerate(shown):
            new, old = use.part(item.findings, _contents(item))
            shown[place] = replace(item, findings=new)
            known_findings += old
        not_met = use.not_met
    left = _stale(checked, decisions, suppressed, on)
    return shown, Decided(decisions, on, suppressed, left, tuple(known_findings), not_met, written)


def _keys(batch: Batch) -> list[str]:
    return [named.key for named in batch.names]


def _contents(item: Checked) -> list[str]:
    return contents(item.findings, item.verdicts.workspace.frames) if item.findings else []


def _without_suppressed(
    item: Checked, entries: Sequence[Suppression], on: date
) -> tuple[Checked, tuple[Suppressed, ...]]:
    shown, hidden = suppression.part(item.findings, _keys(item.batch), entries, on)
    return replace(item, findings=shown), hidden


def _stale(
    checked: Sequence[Checked], decisions: Decisions, suppressed: Sequence[tuple[Batch, Suppressed]], on: date
) -> tuple[Stale, ...]:
    judged: set[str] = set()
    unjudged: set[tuple[str, str]] = set()
    crashed: set[str] = set()
    for item in checked:
        keys = _keys(item.batch)
        history = item.batch.tables.claims.get_column("is_history").to_list()
        judged.update(key for key, is_history in zip(keys, history, strict=True) if not is_history)
        unjudged |= suppression.unjudged_of(item.unjudged, keys)
        crashed |= set(item.verdicts.crashed)
    return suppression.stale(
        decisions.suppressions,
        {one.suppression for _, one in suppressed},
        judged=judged,
        ran={rule.code for rule in decisions.selection.rules} - crashed,
        unjudged=unjudged,
        day=on,
    )


# --- telling ---------------------------------------------------------------------------------------------


def decided_json(decided: Decided) -> dict[str, Any]:
    """The decisions as `schemas/check.schema.json` says."""
    decisions = decided.decisions
    return {
        "ignored": [
            {"rules": list(one.codes), "reason": one.reason, "by": one.by} for one in decisions.selection.ignored
        ],
        "previews_left_out": list(decisions.selection.previews_left_out),
        "suppressed": [
            {**finding_json(batch, one.finding), "suppression": suppression_json(one.suppression)}
            for batch, one in decided.suppressed
        ],
        "stale_suppressions": [
            {**suppression_json(one.suppression), "why": one.standing.value} for one in decided.stale
        ],
        "baseline": _baseline_json(decided),
    }


def suppression_json(one: Suppression) -> dict[str, Any]:
    """One entry of a suppression file."""
    return {
        "claim": one.claim,
        "rule": one.rule,
        "place": one.place,
        "reason": one.reason,
        "by": one.by,
        "on": one.on,
        "until": one.until,
        "line": one.line,
    }


def _baseline_json(decided: Decided) -> dict[str, Any] | None:
    if decided.decisions.baseline is None and decided.written is None:
        return None
    by_rule = Counter(one.code for one in decided.known)
    return {
        "known": len(decided.known),
        "by_rule": dict(sorted(by_rule.items())),
        "not_met": decided.not_met,
        "written": decided.written,
    }


def say_decided(decided: Decided) -> None:
    """Say what is not shown, and why; and what was decided for nothing."""
    for one in decided.decisions.selection.ignored:
        count = f"{len(one.codes)} rules" if len(one.codes) > 1 else "1 rule"
        out.print(Text(f"not judged: {one.word} ({count}), ignored by {one.by}: {one.reason}"), soft_wrap=True)
    for batch, hidden in decided.suppressed[:_NAMED]:
        finding, entry = hidden.finding, hidden.suppression
        until = f" until {entry.until}" if entry.until else ""
        said = f"suppressed: {batch.names[finding.claim_id].key}  {finding.code}  {finding.place}  {finding.said}"
        out.print(Text(f"{said}\n    by {entry.by} on {entry.on}{until}: {entry.reason}", "dim"), soft_wrap=True)
    _say_more(len(decided.suppressed), "suppressed findings")
    say_stale(decided.stale)
    if decided.decisions.write_to is not None:
        say_written(decided.decisions.write_to, decided.written)


def say_stale(entries: Sequence[Stale]) -> None:
    """Say which entries of the suppression file hide nothing any more."""
    for left in entries[:_NAMED]:
        entry = left.suppression
        out.print(
            Text(f"stale suppression (line {entry.line}): {entry.claim} {entry.rule}: {_WHY[left.standing]}"),
            soft_wrap=True,
        )
    _say_more(len(entries), "stale suppressions")


def say_written(path: Path | None, count: int | None) -> None:
    """Say how many findings were written as known ones; `None`: none, because a rule crashed."""
    if count is not None:
        out.print(Text(f"written as known: {count} findings, to {path}"), soft_wrap=True)
    else:
        out.print(
            Text("no baseline written: a rule crashed, and what it would have found is not known", "bold red"),
            soft_wrap=True,
        )


_WHY = {
    Standing.NO_SUCH_FINDING: "the rule has judged the claim and objects to nothing there",
    Standing.ENDED: "its last day is past, so the finding is shown again where there is one",
}


def _say_more(count: int, what: str) -> None:
    if count > _NAMED:
        out.print(Text(f"and {count - _NAMED} {what} more: --format json lists all", "dim"))


def not_shown(decided: Decided) -> str:
    """How many findings there are that are not shown, in words to follow a total; empty where there are none."""
    words = []
    if decided.suppressed:
        amounts = [one.finding.cents for _, one in decided.suppressed if one.finding.cents is not None]
        worth = f" ({dollars(sum(amounts))})" if sum(amounts) else ""
        words.append(f"{len(decided.suppressed)} suppressed{worth}")
    if decided.known:
        words.append(f"{len(decided.known)} known")
    return f", beside {' and '.join(words)}" if words else ""
