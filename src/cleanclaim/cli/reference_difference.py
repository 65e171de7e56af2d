"""`cleanclaim reference diff`: what a new edition changes, in the table and on past claims.

The claims are read and checked twice: with the old edition, and with the new one loaded beside it. Nothing is kept.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from cleanclaim.check.difference import Difference as FindingDifference
from cleanclaim.check.difference import Placed, by_rule
from cleanclaim.check.difference import compare as compare_findings
from cleanclaim.cli.arguments import DAYS, PayerOption, day_of, find_payer
from cleanclaim.cli.checked import Checked, check, placed
from cleanclaim.cli.decisions import PreviewOption, SelectOption, named_rules
from cleanclaim.cli.inputs import read_batches, setting_of
from cleanclaim.cli.output import ExitCode, Format, FormatOption, out, progress, unusable, write_json
from cleanclaim.cli.reference_load import BeginsOption, KindOption
from cleanclaim.money import dollars
from cleanclaim.reference.published.difference import ADDED, CHANGED, DELETED, Difference, compare
from cleanclaim.reference.published.editions import Editions, current, using
from cleanclaim.reference.published.kinds import Kind, record
from cleanclaim.reference.published.load import keep_apart, read_files
from cleanclaim.reference.published.opening import PublishedFileError
from cleanclaim.reference.published.store import LoadedEdition, StoreError
from cleanclaim.reference.published.table import Asked

_SHOWN = 20
"""Changes that are listed as text for each kind of change; JSON lists all."""
SHIPPED = "shipped"
"""Stands for what the program brings along, in the place of an edition."""

_Chosen = dict[Kind, LoadedEdition]


@dataclass(frozen=True, slots=True)
class Repriced:
    """A claim whose allowed amount differs; null is no price."""

    file: str
    claim: str
    day: date | None
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class _OnClaims:
    """What differs on past claims."""

    claims: int
    findings: FindingDifference
    repriced: tuple[Repriced, ...]
    unjudged: tuple[int, int]
    crashed: Mapping[str, str]

    @property
    def is_empty(self) -> bool:
        """Whether no claim would be judged or priced differently."""
        return self.findings.is_empty and not self.repriced and self.unjudged[0] == self.unjudged[1]


def diff(
    old: Annotated[str, typer.Argument(help="A file, a folder of its parts, KIND@YYYY-MM-DD as loaded, or `shipped`.")],
    new: Annotated[str, typer.Argument(help="A file, a folder of its parts, or KIND@YYYY-MM-DD as loaded.")],
    *,
    on: Annotated[
        list[Path] | None,
        typer.Option("--on", metavar="PATH", help="Past claims, as `check` reads them. May be repeated."),
    ] = None,
    kind: KindOption = None,
    begins: BeginsOption = None,
    clinic: Annotated[
        Path | None, typer.Option("--clinic", help="Clinic's folder: patients, clinic, payers, and visits as history.")
    ] = None,
    payer: PayerOption = None,
    as_of: Annotated[
        datetime | None,
        typer.Option("--as-of", formats=DAYS, metavar="YYYY-MM-DD", help="The day of the check; else today."),
    ] = None,
    select: SelectOption = None,
    preview: PreviewOption = False,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Show which codes, pairs and amounts a new edition changes, and which past claims it would judge differently.

    Exit code: 0 nothing differs, 1 something does, 2 the files or claims cannot be used, 4 a rule crashed.
    """
    day = day_of(as_of)
    asked = Asked(kind, begins.date() if begins else None)
    with tempfile.TemporaryDirectory(prefix="cleanclaim-diff-") as work, progress() as display:
        task = display.add_task("Reading editions", total=None)
        try:
            before, after = _resolve(old, asked, Path(work) / "old"), _resolve(new, asked, Path(work) / "new")
            _require_alike(old, before, after)
            display.update(task, description="Comparing tables")
            tables = [compare(before[one], after[one]) for one in sorted(after) if one in before]
        except (PublishedFileError, StoreError) as error:
            unusable(str(error))
        found = None
        if on:
            display.update(task, description="Checking claims with the old edition")
            setting = setting_of(clinic, day, payer)
            if payer is not None:
                find_payer(payer, setting.packs)
            rules = named_rules(select or (), preview=preview)
            with using(_with(before, after, is_after=False)):
                was = check(read_batches(on, setting), rules)
            display.update(task, description="Checking claims with the new edition")
            with using(_with(before, after, is_after=True)):
                now = check(read_batches(on, setting), rules)
            found = _on_claims(was, now)
    code = _exit_code(tables, found)
    if format_ is Format.JSON:
        write_json("reference-diff", {"exit_code": int(code), "as_of": day, **_as_json(tables, found)})
    else:
        _say(tables, found, day)
    raise typer.Exit(code)


# --- which editions --------------------------------------------------------------------------------------


def _resolve(said: str, asked: Asked, work: Path) -> _Chosen:
    """The editions that a word names, by kind; none for what is shipped."""
    if said == SHIPPED:
        return {}
    name, at, edition = said.partition("@")
    if at and name in set(Kind):
        found = [item for item in current().of(Kind(name)) if item.name == edition]
        if not found:
            unusable(f"{said}: no such edition is loaded; see `cleanclaim reference status`")
        return {found[0].kind: found[0]}
    path = Path(said)
    if path.is_dir():
        files = sorted(item for item in path.iterdir() if item.is_file() and not item.name.startswith("."))
    elif path.is_file():
        files = [path]
    else:
        unusable(f"{said}: no such file; expected a file, a folder, KIND@YYYY-MM-DD or {SHIPPED}")
    work.mkdir()
    chosen: _Chosen = {}
    for read in read_files(files, asked).editions:
        if read.kind in chosen:
            unusable(f"{said}: two editions of {record(read.kind).label}; expected one")
        chosen[read.kind] = keep_apart(read, work, datetime.now().astimezone().date())
    return chosen


def _require_alike(old: str, before: _Chosen, after: _Chosen) -> None:
    if not after:
        unusable(f"the new edition cannot be {SHIPPED}; expected a file or a loaded edition")
    if old != SHIPPED and set(before) != set(after):
        kinds = [", ".join(sorted(record(kind).label for kind in side)) for side in (before, after)]
        unusable(f"old holds {kinds[0]}, new holds {kinds[1]}; expected editions of the same tables")


def _with(before: _Chosen, after: _Chosen, *, is_after: bool) -> Editions:
    """The user's editions with those compared in the place of their kinds.

    After means that the new one is loaded beside the old one; one that is no later takes the old one's place.
    """
    chosen = current()
    for kind, new in after.items():
        old = (before[kind],) if kind in before else ()
        if not is_after:
            chosen = chosen.with_only(kind, old)
        elif old and new.begins > old[0].begins:
            chosen = chosen.with_only(kind, (*old, new))
        else:
            chosen = chosen.with_only(kind, (new,))
    return chosen


# --- claims ----------------------------------------------------------------------------------------------


def _on_claims(before: Sequence[Checked], after: Sequence[Checked]) -> _OnClaims:
    return _OnClaims(
        claims=sum(item.batch.judged for item in after),
        findings=compare_findings(placed(before), placed(after)),
        repriced=tuple(_repriced(before, after)),
        unjudged=(sum(len(item.unjudged) for item in before), sum(len(item.unjudged) for item in after)),
        crashed={code: why for item in (*before, *after) for code, why in item.verdicts.crashed.items()},
    )


def _repriced(before: Sequence[Checked], after: Sequence[Checked]) -> Iterable[Repriced]:
    for was, now in zip(before, after, strict=True):
        history = now.batch.tables.claims.get_column("is_history").to_list()
        amounts = zip(_allowed(was), _allowed(now), now.batch.names, history, strict=True)
        for old, new, named, is_history in amounts:
            if old != new and not is_history:
                yield Repriced(named.file, named.key, named.day, old, new)


def _allowed(item: Checked) -> list[int | None]:
    """What each claim of a batch is allowed; nothing where no rule asked for prices."""
    claims = item.verdicts.workspace.frames["claims"]
    if "claim_allowed_cents" not in claims.columns:
        return [None] * claims.height
    amounts: list[int | None] = claims.get_column("claim_allowed_cents").to_list()
    return amounts


def _exit_code(tables: Sequence[Difference], found: _OnClaims | None) -> ExitCode:
    if found is not None and found.crashed:
        return ExitCode.CRASHED
    if found is not None and not found.claims:
        return ExitCode.UNUSABLE
    differs = any(table.changes.height for table in tables) or (found is not None and not found.is_empty)
    return ExitCode.FINDINGS if differs else ExitCode.CLEAN


# --- telling ---------------------------------------------------------------------------------------------


def _as_json(tables: Sequence[Difference], found: _OnClaims | None) -> dict[str, Any]:
    return {
        "tables": [
            {
                "kind": table.kind.value,
                "label": record(table.kind).label,
                "old": {"edition": table.old, "rows": table.old_rows},
                "new": {"edition": table.new, "rows": table.new_rows},
                "counts": {change: table.count(change) for change in (ADDED, DELETED, CHANGED)},
                "changes": table.changes.rows(named=True),
            }
            for table in tables
        ],
        "claims": None if found is None else _claims_json(found),
    }


def _claims_json(found: _OnClaims) -> dict[str, Any]:
    return {
        "claims": found.claims,
        "added": [_placed_json(one) for one in found.findings.added],
        "removed": [_placed_json(one) for one in found.findings.removed],
        "changed": [
            {**_placed_json(one.after), "before": {"message": one.before.message, "cents": one.before.cents}}
            for one in found.findings.changed
        ],
        "same": found.findings.same,
        "repriced": [
            {"file": one.file, "claim": one.claim, "date": one.day, "before": one.before, "after": one.after}
            for one in found.repriced
        ],
        "checks_not_judged": {"before": found.unjudged[0], "after": found.unjudged[1]},
        "crashed": dict(found.crashed),
    }


def _placed_json(one: Placed) -> dict[str, Any]:
    return {
        "file": one.file,
        "claim": one.claim,
        "date": one.day,
        "rule": one.rule,
        "place": one.place,
        "message": one.message,
        "cents": one.cents,
    }


def _say(tables: Sequence[Difference], found: _OnClaims | None, day: date) -> None:
    for table in tables:
        counts = ", ".join(f"{table.count(change):,} {change}" for change in (ADDED, DELETED, CHANGED))
        out.print(Text(f"{record(table.kind).label}: {table.old} → {table.new}: {counts}", "bold"))
        for change in (ADDED, DELETED, CHANGED):
            rows = table.changes.filter(change=change)
            _say_rows(change, rows.head(_SHOWN).iter_rows(), rows.height)
    if found is not None:
        _say_claims(found, day)


def _say_rows(change: str, rows: Iterable[tuple[str | None, ...]], count: int) -> None:
    if not count:
        return
    shown = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for _, key, field, old, new in rows:
        arrow = f"{field} {old or 'none'} → {new or 'none'}" if change == CHANGED else (new or old or "")
        shown.add_row(f"  {change}", Text(key or ""), Text(arrow))
    out.print(shown)
    if count > _SHOWN:
        out.print(Text(f"  and {count - _SHOWN:,} more: --format json lists all", "dim"))
    out.print()


def _say_claims(found: _OnClaims, day: date) -> None:
    shown = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    findings = found.findings
    told = [("comes", one, one.said) for one in findings.added]
    told += [("goes", one, one.said) for one in findings.removed]
    told += [("changes", one.after, f"{one.before.said}\nthen: {one.after.said}") for one in findings.changed]
    for what, one, words in told[:_SHOWN]:
        amount = dollars(one.cents) if one.cents is not None else ""
        shown.add_row(f"  {what}", one.claim or "no id", one.rule, one.place, Text(words), amount)
    for priced in found.repriced[:_SHOWN]:
        amounts = " → ".join("no price" if cents is None else dollars(cents) for cents in (priced.before, priced.after))
        shown.add_row("  priced", priced.claim or "no id", "", "claim", Text(amounts), "")
    if shown.row_count:
        out.print(Text("Past claims that would now be judged or priced differently", "bold"))
        out.print(shown)
    if max(len(told), len(found.repriced)) > _SHOWN:
        out.print(Text(f"  the first {_SHOWN} of each: --format json lists all", "dim"))
    for rule in by_rule(findings):
        out.print(Text(f"  {rule.rule}: {rule.added} come, {rule.removed} go, {rule.changed} change", "dim"))
    for code, why in sorted(found.crashed.items()):
        out.print(Text(f"  rule {code} crashed: {why}", "red"))
    same = "nothing differs" if found.is_empty else f"{len(told)} findings and {len(found.repriced)} prices differ"
    out.print(Text(f"{found.claims} claims checked twice as of {day}: {same}", "bold"))
    if found.unjudged[0] != found.unjudged[1]:
        before, after = found.unjudged
        out.print(Text(f"  checks for which an input is missing: {before} before, {after} after"))
