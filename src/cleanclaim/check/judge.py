"""Run rules over tables: facts once, then all rules of a table together.

The same code judges one visit behind a keystroke and a block of an archive. A rule that crashes is told apart
from every verdict: the others go on, and `Verdicts.crashed` names it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from cleanclaim.check.answers import Answers, count_with
from cleanclaim.check.findings import Change, Finding, Unjudged, cell_value, place_of, render
from cleanclaim.check.questions import Questions
from cleanclaim.facts.catalogue import catalogue
from cleanclaim.facts.frames import Frames
from cleanclaim.facts.kit import Context, Reach
from cleanclaim.facts.last_reads import unread_after
from cleanclaim.facts.plan import Cell, Planner, Step, apart
from cleanclaim.facts.workspace import Workspace
from cleanclaim.lines.schema import KEYS
from cleanclaim.lines.tables import Tables
from cleanclaim.rules.kit import Fix, Rule, Verdict

_PAIR_PLACE = ("first_line_number", "second_line_number", "first_claim_id", "first_claim_key")

_ALWAYS_NEEDED: dict[str, tuple[str, ...]] = {
    "claims": ("is_history",),
    "lines": ("is_history",),
    "services": ("is_history",),
    "diagnoses": ("is_history",),
    "days": ("is_history",),
    "day_codes": ("is_history", "day_code"),
    "pairs": ("first_is_history", "second_is_history", *_PAIR_PLACE),
}

"""Columns of each table that a finding's place and the choice of rows need, whatever the rules read."""

_PLACE: dict[str, tuple[str, ...]] = {
    "claims": ("claim_id",),
    "lines": ("line_id", "claim_id", "line_number"),
    "services": ("service_id", "claim_id", "service_number"),
    "diagnoses": ("diagnosis_id", "claim_id", "position"),
    "days": ("day_id", "claim_id"),
    "day_codes": ("day_code_id", "claim_id", "day_code"),
    "pairs": ("pair_id", "claim_id", *_PAIR_PLACE),
}


class Judge:
    """Rules made ready to run: the plan of their facts is laid once and used for any number of tables."""

    def __init__(
        self,
        rules: Sequence[Rule],
        extra: Mapping[str, Iterable[str]] | None = None,
        given: Mapping[str, Iterable[str]] | None = None,
        *,
        gives_back: bool = False,
    ) -> None:
        """Plan the facts that the rules read and show; `extra` asks for further columns by table.

        Where columns are `given` by table, `judge_given` is handed frames that hold them, and nothing else is read.

        A judge that `gives_back` keeps of many rows what its verdicts tell of and what is `extra`; of the run's other
        columns each is let go of after its last reader, and asking for it is an error.

        Raises:
            ValueError: something is read that is not given.
        """
        self.rules = tuple(rules)
        by_table: dict[str, list[Rule]] = {}
        held = {(table, name) for table, names in (given or {}).items() for name in names}
        planner = Planner(given=held)
        asked = list(_asked(self.rules, extra or {}))
        for rule in self.rules:
            by_table.setdefault(rule.over, []).append(rule)
        for table, names in asked:
            planner.ask(table, names)
        if given is not None and (absent := planner.inputs() - held):
            raise ValueError(f"columns are read that are not given: {', '.join('.'.join(c) for c in sorted(absent))}")
        self._planner, self._by_table = planner, by_table
        self._kept = {*_told(self.rules), *((table, name) for table, names in asked for name in names)}
        self._gives_back = gives_back
        self._with_pairs = "pairs" in by_table or "pairs" in planner.tables()
        self._reads = {rule.code: rule.reads() for rule in self.rules}
        self._shows = {rule.code: rule.shows() for rule in self.rules}

    # Laid when something is judged: a judge may be asked how far its rules look, and nothing else.
    @cached_property
    def _steps(self) -> tuple[Step, ...]:
        return self._planner.steps()

    @cached_property
    def _unread(self) -> tuple[tuple[Cell, ...], ...]:
        """By step, the columns that are let go of after it."""
        if not self._gives_back:
            return ((),) * len(self._steps)
        return unread_after(self._steps, self._planner.needs, self._kept)

    @cached_property
    def _questions(self) -> dict[str, Questions]:
        return {table: Questions.of(rules) for table, rules in self._by_table.items()}

    def judge(self, tables: Tables, context: Context | None = None) -> Verdicts:
        """The verdict of every rule on every row that is not history."""
        return self._judged(Workspace.of(tables, context or Context(), with_pairs=self._with_pairs))

    def judge_given(self, frames: Mapping[str, pl.DataFrame], context: Context) -> Verdicts:
        """The same for frames that hold the columns that are given."""
        return self._judged(Workspace(Frames(frames), context))

    def _judged(self, workspace: Workspace) -> Verdicts:
        for step, unread in zip(self._steps, self._unread, strict=True):
            self._compute(workspace, (step,))
            workspace.give_back(unread)
        answers: dict[str, Answers] = {}
        crashed: dict[str, str] = {}
        for table, questions in self._questions.items():
            mute = {rule.code for rule in questions.rules if self._reads_crashed(rule, workspace, crashed)}
            answers[table] = questions.without(mute).ask(workspace.frames, table, crashed, workspace.alike)
        return Verdicts(self, workspace, answers, crashed)

    def reads(self, rule: Rule) -> tuple[str, ...]:
        """Columns the rule's verdict depends on."""
        return self._reads[rule.code]

    def shows(self, rule: Rule) -> tuple[str, ...]:
        """Columns the rule's message and dollars need."""
        return self._shows[rule.code]

    def reach(self, rule: Rule) -> Reach:
        """Whose claims, beside the one at hand, the rule's verdict and words depend on."""
        return self._planner.reach((rule.over, name) for name in (*self.reads(rule), *self.shows(rule)))

    def _compute(self, workspace: Workspace, steps: Sequence[Step]) -> None:
        for step in steps:
            try:
                workspace.apply(step)
            except (Exception, pl.exceptions.PanicException) as error:  # noqa: BLE001 - isolates a crash, loudly
                parts = apart(step)
                if len(parts) == 1:
                    workspace.apply_isolated(step, error)
                else:
                    self._compute(workspace, parts)

    def _reads_crashed(self, rule: Rule, workspace: Workspace, crashed: dict[str, str]) -> bool:
        if not workspace.crashed:
            return False
        pending: list[Cell] = [(rule.over, name) for name in (*self._reads[rule.code], *self._shows[rule.code])]
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


@dataclass(frozen=True, slots=True)
class Verdicts:
    """All verdicts of one run; findings and what could not be judged are read from it."""

    judge: Judge
    workspace: Workspace
    answers: dict[str, Answers]
    crashed: dict[str, str]
    """Rules that crashed, and why: neither findings nor passes."""

    def counts(self) -> dict[str, dict[Verdict, int]]:
        """How often each rule gave each verdict."""
        return {
            code: {verdict: count_with(verdict, answers.truths(code)) for verdict in Verdict}
            for answers in self.answers.values()
            for code in answers.codes
        }

    def of(self, rule: Rule) -> pl.Series:
        """The verdict codes of one rule, in the order of its table's rows."""
        return pl.Series(rule.code, self.answers[rule.over].truths(rule.code).by_row())

    def findings(self, safety: str = "") -> list[Finding]:
        """Every finding with its place, words, dollars and fix; by claim, rule and row.

        With `safety`, only findings whose fix is of that kind.
        """
        found: list[Finding] = []
        for rule, rows in self._rows(Verdict.FINDING):
            if not safety or (rule.fix is not None and rule.fix.safety.value == safety):
                found.extend(self._findings_of(rule, rows))
        return sorted(found, key=lambda item: (item.claim_id, item.code, item.key))

    def _rows(self, verdict: Verdict) -> Iterable[tuple[Rule, list[int]]]:
        by_code = {code: rows for answers in self.answers.values() for code, rows in answers.rows(verdict).items()}
        return ((rule, by_code[rule.code]) for rule in self.judge.rules if rule.code in by_code)

    def _findings_of(self, rule: Rule, hits: list[int]) -> Iterable[Finding]:
        frames = self.workspace.frames
        shows = self.judge.shows(rule)
        via = (rule.fix.via,) if rule.fix is not None and rule.fix.via in frames.names(rule.over) else ()
        names = list(dict.fromkeys((*_PLACE[rule.over], *shows, *via)))
        wide = frames.holding(rule.over, names).select(names)[hits]
        amounts = wide.select(rule.dollars.alias("d")).get_column("d").to_list() if rule.dollars is not None else None
        rows = wide.rows(named=True)
        anchors = [row[rule.fix.via if via else KEYS[rule.over]] for row in rows] if rule.fix is not None else []
        changes = self._changes(rule, anchors)
        for position, row in enumerate(rows):
            yield Finding(
                code=rule.code,
                name=rule.name,
                severity=rule.severity.value,
                table=rule.over,
                key=row[KEYS[rule.over]],
                claim_id=row["claim_id"],
                place=place_of(rule.over, row),
                message=render(rule.message, row),
                arguments={name: row[name] for name in shows},
                cents=amounts[position] if amounts is not None else None,
                fix_title=rule.fix.title if rule.fix else "",
                fix_safety=rule.fix.safety.value if rule.fix else "",
                changes=tuple(changes.get(anchors[position], ())) if rule.fix else (),
            )

    def _changes(self, rule: Rule, anchors: Sequence[int | None]) -> dict[int | None, list[Change]]:
        """What the rule's fix changes, by the key that its rows share with the finding's row; all at once."""
        fix = rule.fix
        changes: dict[int | None, list[Change]] = {}
        if fix is None:
            return changes
        table = fix.table or rule.over
        key = KEYS[table]
        shared = fix.via if fix.via in self.workspace.frames.names(table) else key
        target = self.workspace.frames.holding(table, (key, shared, fix.field, *_read_by(fix)))
        wanted = pl.Series(shared, sorted({anchor for anchor in anchors if anchor is not None}), dtype=pl.Int64)
        # A table's own keys are its row numbers.
        rows = target[wanted] if shared == key else target.filter(pl.col(shared).is_in(wanted.implode()))
        if fix.where is not None:
            rows = rows.filter(fix.where)
        new = pl.lit(None) if fix.new is None else fix.new
        old = pl.lit(None) if fix.new is None else pl.col(fix.field)
        changed = rows.select(pl.col(shared).alias("__anchor"), pl.col(key), old.alias("__old"), new.alias("__new"))
        for anchor, own, before, after in changed.iter_rows():
            if fix.new is None:
                changes.setdefault(anchor, []).append(Change(table, own, "", None, None))
            elif before != after:
                changes.setdefault(anchor, []).append(
                    Change(table, own, fix.field, cell_value(before), cell_value(after))
                )
        return changes

    def unjudged(self) -> list[Unjudged]:
        """What could not be judged: by claim and rule, with the inputs that are missing."""
        result: list[Unjudged] = []
        for rule, hits in self._rows(Verdict.NO_DATA):
            reads = self.judge.reads(rule)
            words = [catalogue().lacks(rule.over, name) for name in reads]
            named: dict[tuple[bool, ...], tuple[str, ...]] = {}
            for (key, claim_id), nulls in self._absent(rule.over, reads, hits):
                if nulls not in named:
                    lacking = {word for word, null in zip(words, nulls, strict=True) if null}
                    named[nulls] = tuple(sorted(lacking))
                result.append(Unjudged(rule.code, rule.over, key, claim_id, named[nulls]))
        return sorted(result, key=lambda item: (item.claim_id, item.code, item.key))

    def _absent(
        self, table: str, names: Sequence[str], hits: Sequence[int]
    ) -> Iterable[tuple[tuple[int, int], tuple[bool, ...]]]:
        """Of some rows of a table their key and their claim's, and which of these columns are null."""
        frames, key = self.workspace.frames, KEYS[table]
        if frames.are_few:
            rows = frames.rows(table, frozenset((key, "claim_id", *names)))
            chosen = (rows[hit] for hit in hits)
            return [((row[key], row["claim_id"]), tuple(row[name] is None for name in names)) for row in chosen]
        frame = frames[table]
        keys = frame.select(pl.col(key).alias("key"), "claim_id")[hits]
        absent = frame.select(pl.col(name).is_null() for name in names)[hits]
        return zip(keys.iter_rows(), absent.iter_rows(), strict=True)


def _asked(rules: Sequence[Rule], extra: Mapping[str, Iterable[str]]) -> Iterable[tuple[str, tuple[str, ...]]]:
    """Columns that the plan is laid for, by table."""
    for rule in rules:
        yield rule.over, (*rule.reads(), *rule.shows(), *_ALWAYS_NEEDED[rule.over])
        yield from _fix_columns(rule)
    for table, further in extra.items():
        yield table, tuple(further)


def _told(rules: Sequence[Rule]) -> Iterable[Cell]:
    """What comes with the tables that findings tell as well: their place, and what a fix changes."""
    for rule in rules:
        yield from ((rule.over, name) for name in _PLACE[rule.over])
        if rule.fix is not None:
            yield rule.fix.table or rule.over, rule.fix.field


def _fix_columns(rule: Rule) -> list[tuple[str, tuple[str, ...]]]:
    """Columns that a fix reads, by table."""
    fix = rule.fix
    if fix is None:
        return []
    table = fix.table or rule.over
    names = _read_by(fix)
    if fix.via and fix.via not in KEYS.values():
        return [(table, tuple(names)), (rule.over, (fix.via,))]
    via = (fix.via,) if fix.via and fix.via != KEYS[table] else ()
    return [(table, (*names, *via))]


def _read_by(fix: Fix) -> set[str]:
    """Columns that a fix's expressions read."""
    expressions = (expression for expression in (fix.new, fix.where) if expression is not None)
    return {name for expression in expressions for name in expression.meta.root_names()}
