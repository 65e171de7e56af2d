"""Laws that hold for every rule: an unknown never reads as clean, and a fix does what it says."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import polars as pl
import pytest

from cleanclaim.check.fixes import apply
from cleanclaim.check.judge import Judge
from cleanclaim.facts.catalogue import catalogue
from cleanclaim.facts.plan import Cell, Planner
from cleanclaim.lines.schema import KEYS, SCHEMA
from cleanclaim.lines.tables import Tables
from cleanclaim.rules.book import rules
from cleanclaim.rules.kit import NEVER_UNKNOWN, Example, ExampleKind, Rule, Verdict
from cleanclaim.rules.notation import parse

STRUCTURE = NEVER_UNKNOWN | set(KEYS.values()) | {"claim_key", "patient_id", "is_history", "day_code_id"}
BAD = [(rule, example) for rule in rules() for example in rule.examples if example.kind is ExampleKind.BAD]
BAD_IDS = [f"{rule.code}-{place}" for place, (rule, _) in enumerate(BAD)]
FIXED = [(rule, example) for rule, example in BAD if rule.fix is not None]
FIXED_IDS = [f"{rule.code}-{place}" for place, (rule, _) in enumerate(FIXED)]


RULES = {rule.code: rule for rule in rules()}


@cache
def judge_of(code: str) -> Judge:
    return Judge([RULES[code]])


@cache
def inputs_of(code: str) -> list[Cell]:
    """The input columns a rule's verdict goes back to, without those that give the tables their structure."""
    rule = RULES[code]
    planner = Planner()
    planner.ask(rule.over, rule.reads())
    pending: list[Cell] = [(rule.over, name) for name in rule.reads()]
    seen: set[Cell] = set()
    while pending:
        cell = pending.pop()
        if cell not in seen:
            seen.add(cell)
            pending.extend(planner.needs(cell))
    known = {(table, column.name) for table, columns in SCHEMA.items() for column in columns}
    return sorted(cell for cell in seen & known if cell[1] not in STRUCTURE)


def blanked(tables: Tables, table: str, name: str) -> Tables:
    dtype = next(column.dtype for column in SCHEMA[table] if column.name == name)
    frame = tables.frame(table).with_columns(pl.lit(None, dtype).alias(name))
    return replace(tables, **{table: frame})


@pytest.mark.parametrize(("rule", "example"), BAD, ids=BAD_IDS)
def test_a_finding_never_becomes_a_pass_when_an_input_is_blanked(rule: Rule, example: Example) -> None:
    judge = judge_of(rule.code)
    tables = parse(example.text)
    before = judge.judge(tables).of(rule)
    for table, name in inputs_of(rule.code):
        after = judge.judge(blanked(tables, table, name)).of(rule)
        if len(after) != len(before):
            continue  # blanking took away the row itself, such as a pair of codes of which one is now unknown
        flagged = before == int(Verdict.FINDING)
        passed = after.filter(flagged) == int(Verdict.PASS)
        assert not passed.any(), f"{rule.code} passes a claim it flagged once {table}.{name} is unknown"


@cache
def whole_book() -> Judge:
    return Judge(rules(), extra=_prices())


def _prices() -> dict[str, tuple[str, ...]]:
    return {"lines": ("allowed_cents",)} if catalogue().has("lines", "allowed_cents") else {}


@pytest.mark.parametrize(("rule", "example"), FIXED, ids=FIXED_IDS)
def test_a_fix_removes_its_finding_and_keeps_its_word(rule: Rule, example: Example) -> None:
    assert rule.fix is not None
    tables = parse(example.text)
    before = whole_book().judge(tables)
    finding = next(item for item in before.findings() if item.code == rule.code)
    if not finding.changes:
        pytest.fail(f"{rule.code} declares a fix, but proposes no change for its own bad example")

    applied = apply(tables, finding.changes)

    assert applied.refused == ()
    after = whole_book().judge(applied.tables)
    codes_before = [item.code for item in before.findings()]
    codes_after = [item.code for item in after.findings()]
    assert codes_after.count(rule.code) < codes_before.count(rule.code)
    revealed = {code for code in codes_after if codes_after.count(code) > codes_before.count(code)}
    if rule.fix.safety.value == "safe":
        assert revealed == set()
        for name in _prices().get("lines", ()):
            old, new = (run.workspace.frames["lines"].get_column(name) for run in (before, after))
            assert old.equals(new)
    else:
        assert revealed <= set(rule.fix.may_reveal)


@pytest.mark.parametrize(("rule", "example"), FIXED, ids=FIXED_IDS)
def test_a_fix_applied_twice_changes_nothing_more(rule: Rule, example: Example) -> None:
    tables = parse(example.text)
    judge = judge_of(rule.code)
    fields = [change for change in judge.judge(tables).findings()[0].changes if change.field]

    once = apply(tables, fields)
    twice = apply(once.tables, fields)

    assert twice.made == ()
    assert twice.refused == tuple(fields)
