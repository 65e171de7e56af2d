"""Run rules over tables: facts once, then every rule of a table in one eager select.

The same code judges one visit behind a keystroke and a block of an archive. A rule that crashes is told apart
from every verdict: the others go on, and `Verdicts.crashed` names it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from cleanclaim.check.findings import Change, Finding, Unjudged, place_of, render
from cleanclaim.facts.catalogue import catalogue
from cleanclaim.facts.kit import Context
from cleanclaim.facts.plan import Cell, Planner, Step
from cleanclaim.facts.workspace import Workspace
from cleanclaim.lines.schema import KEYS
from cleanclaim.lines.tables import Tables
from cleanclaim.rules.kit import Rule, Verdict

_ALWAYS_NEEDED: dict[str, tuple[str, ...]] = {
    "claims": ("is_history",),
    "lines": ("is_history",),
    "services": ("is_history",),
    "diagnoses": ("is_history",),
    "days": ("is_history",),
    "day_codes": ("is_history", "day_code"),
    "pairs": ("first_is_history", "second_is_history", "first_line_number", "second_line_number"),
}


class Judge:
    """Rules made ready to run: the plan of their facts is laid once and used for any number of tables."""

    def __init__(self, rules: Sequence[Rule], extra: dict[str, Iterable[str]] | None = None) -> None:
        """Plan the facts that the rules read and show; `extra` asks for further columns by table."""
        self.rules = tuple(rules)
        self._by_table: dict[str, list[Rule]] = {}
        planner = Planner()
        for rule in self.rules:
            self._by_table.setdefault(rule.over, []).append(rule)
            planner.ask(rule.over, (*rule.reads(), *rule.shows(), *_ALWAYS_NEEDED[rule.over]))
            for table, names in _fix_columns(rule):
                planner.ask(table, names)
        for table, names in (extra or {}).items():
            planner.ask(table, names)
        self._planner = planner
        self._steps = planner.steps()
        self._with_pairs = "pairs" in self._by_table or "pairs" in planner.tables() or "pairs" in (extra or {})

    def judge(self, tables: Tables, context: Context | None = None) -> Verdicts:
        """The verdict of every rule on every row that is not history."""
        workspace = Workspace.of(tables, context or Context(), with_pairs=self._with_pairs)
        self._compute(workspace, self._steps)
        frames: dict[str, pl.DataFrame] = {}
        crashed: dict[str, str] = {}
        for table, rules in self._by_table.items():
            frame = workspace.frames[table]
            runnable = [rule for rule in rules if not self._reads_crashed(rule, workspace, crashed)]
            verdicts = _select(frame, runnable, crashed)
            judged = _judged(table)
            frames[table] = verdicts.with_columns(
                *(
                    pl.when(judged).then(pl.col(rule.code)).otherwise(int(Verdict.NOT_APPLICABLE)).alias(rule.code)
                    for rule in runnable
                    if rule.code not in crashed
                )
            ).drop([name for name in verdicts.columns if name.endswith("is_history")])
        return Verdicts(self, workspace, frames, crashed)

    def _compute(self, workspace: Workspace, steps: Sequence[Step]) -> None:
        for step in steps:
            try:
                workspace.apply(step)
            except (Exception, pl.exceptions.PanicException) as error:  # noqa: BLE001 - isolates a crash, loudly
                workspace.apply_isolated(step, error)

    def _reads_crashed(self, rule: Rule, workspace: Workspace, crashed: dict[str, str]) -> bool:
        if not workspace.crashed:
            return False
        pending: list[Cell] = [(rule.over, name) for name in (*rule.reads(), *rule.shows())]
        seen: set[Cell] = set()
        while pending:
            cell = pending.pop()
            if cell in workspace.crashed:
                crashed[rule.code] = workspace.crashed[cell]
                return True
            if cell not in seen:
                seen.add(cell)
                pending.extend(self._planner.needs(cell))
        return False

    def missing_inputs(self, rule: Rule, row: dict[str, object]) -> tuple[str, ...]:
        """The inputs, in words, whose absence keeps the rule from judging this row of its wide table."""
        lacking = {catalogue().lacks(rule.over, name) for name in rule.reads() if row.get(name) is None}
        return tuple(sorted(lacking))


@dataclass(frozen=True, slots=True)
class Verdicts:
    """All verdicts of one run; findings and what could not be judged are read from it."""

    judge: Judge
    workspace: Workspace
    frames: dict[str, pl.DataFrame]
    """By table: its key column and one Int8 column per rule, with `Verdict` codes."""
    crashed: dict[str, str]
    """Rules that crashed, and why: neither findings nor passes."""

    def counts(self) -> dict[str, dict[Verdict, int]]:
        """How often each rule gave each verdict."""
        result: dict[str, dict[Verdict, int]] = {}
        for frame in self.frames.values():
            for name in frame.columns:
                if name in KEYS.values():
                    continue
                tally = dict(frame.get_column(name).value_counts().iter_rows())
                result[name] = {verdict: tally.get(int(verdict), 0) for verdict in Verdict}
        return result

    def of(self, rule: Rule) -> pl.Series:
        """The verdict codes of one rule, in the order of its table's rows."""
        return self.frames[rule.over].get_column(rule.code)

    def findings(self) -> list[Finding]:
        """Every finding with its place, words, dollars and fix; by claim, rule and row."""
        found = [
            finding
            for rule in self.judge.rules
            if rule.code not in self.crashed
            for finding in self._findings_of(rule)
        ]
        return sorted(found, key=lambda item: (item.claim_id, item.code, item.key))

    def _findings_of(self, rule: Rule) -> Iterable[Finding]:
        verdict = self.frames[rule.over].get_column(rule.code)
        hits = (verdict == int(Verdict.FINDING)).arg_true()
        if not hits.len():
            return
        wide = self.workspace.frames[rule.over][hits.to_list()]
        amounts = wide.select(rule.dollars.alias("d")).get_column("d").to_list() if rule.dollars is not None else None
        for position, row in enumerate(wide.iter_rows(named=True)):
            yield Finding(
                code=rule.code,
                name=rule.name,
                severity=rule.severity.value,
                table=rule.over,
                key=row[KEYS[rule.over]],
                claim_id=row["claim_id"],
                place=place_of(rule.over, row),
                message=render(rule.message, row),
                arguments={name: row[name] for name in rule.shows()},
                cents=amounts[position] if amounts is not None else None,
                fix_title=rule.fix.title if rule.fix else "",
                fix_safety=rule.fix.safety.value if rule.fix else "",
                changes=tuple(self._changes(rule, row)),
            )

    def _changes(self, rule: Rule, row: dict[str, object]) -> Iterable[Change]:
        fix = rule.fix
        if fix is None:
            return
        table = fix.table or rule.over
        target = self.workspace.frames[table]
        key = KEYS[table]
        via = fix.via or key
        anchor = row[via] if via in row else row[KEYS[rule.over]]
        rows = target.filter(pl.col(via if via in target.columns else key) == anchor)
        if fix.where is not None:
            rows = rows.filter(fix.where)
        if fix.new is None:
            for own in rows.get_column(key):
                yield Change(table, own, "", None, None)
            return
        changed = rows.select(pl.col(key), pl.col(fix.field).alias("__old"), fix.new.alias("__new"))
        for own, old, new in changed.iter_rows():
            if old != new:
                yield Change(table, own, fix.field, _plain(old), _plain(new))

    def unjudged(self) -> list[Unjudged]:
        """What could not be judged: by claim and rule, with the inputs that are missing."""
        result = []
        for rule in self.judge.rules:
            if rule.code in self.crashed:
                continue
            verdict = self.frames[rule.over].get_column(rule.code)
            hits = (verdict == int(Verdict.NO_DATA)).arg_true()
            if not hits.len():
                continue
            wide = self.workspace.frames[rule.over][hits.to_list()]
            for row in wide.iter_rows(named=True):
                claim_id = row["claim_id"]
                result.append(
                    Unjudged(rule.code, rule.over, row[KEYS[rule.over]], claim_id, self.judge.missing_inputs(rule, row))
                )
        return sorted(result, key=lambda item: (item.claim_id, item.code, item.key))


def _plain(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def _judged(table: str) -> pl.Expr:
    if table == "pairs":
        return (pl.col("first_is_history") & pl.col("second_is_history")).not_()
    return pl.col("is_history").not_()


def _select(frame: pl.DataFrame, rules: list[Rule], crashed: dict[str, str]) -> pl.DataFrame:
    keep = [name for name in frame.columns if name in KEYS.values() or name.endswith("is_history")]
    try:
        return frame.select(*keep, *(rule.verdict() for rule in rules))
    except (Exception, pl.exceptions.PanicException):  # noqa: BLE001 - some rule crashed: find which, run the rest
        columns = []
        for rule in rules:
            try:
                columns.append(frame.select(rule.verdict()).get_column(rule.code))
            except (Exception, pl.exceptions.PanicException) as error:  # noqa: BLE001 - reported as crashed
                crashed[rule.code] = f"{type(error).__name__} in the rule's expression"
        return frame.select(*keep).with_columns(*columns)


def _fix_columns(rule: Rule) -> list[tuple[str, tuple[str, ...]]]:
    if rule.fix is None:
        return []
    table = rule.fix.table or rule.over
    names = set()
    for expression in (rule.fix.new, rule.fix.where):
        if expression is not None:
            names |= set(expression.meta.root_names())
    if rule.fix.via and rule.fix.via not in KEYS.values():
        return [(table, tuple(names)), (rule.over, (rule.fix.via,))]
    via = (rule.fix.via,) if rule.fix.via and rule.fix.via != KEYS[table] else ()
    return [(table, (*names, *via))]
