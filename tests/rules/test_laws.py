"""Laws that hold for every rule: an unknown never reads as clean, and a fix does what it says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import polars as pl
import pytest

from cleanclaim.check.fixes import apply
from cleanclaim.check.judge import Judge
from cleanclaim.facts.catalogue import catalogue
from cleanclaim.facts.kit import Reach
from cleanclaim.facts.plan import Cell, Planner
from cleanclaim.lines.schema import KEYS, SCHEMA
from cleanclaim.rules.book import rules
from cleanclaim.rules.kit import NEVER_UNKNOWN, Example, ExampleKind, Rule, Verdict
from cleanclaim.rules.notation import parse
from tests.rules.stacked import Copy, stacked

STRUCTURE = NEVER_UNKNOWN | set(KEYS.values()) | {"claim_key", "patient_id", "is_history", "day_code_id"}
BAD = [(rule, example) for rule in rules() for example in rule.examples if example.kind is ExampleKind.BAD]
BAD_IDS = [f"{rule.code}-{place}" for place, (rule, _) in enumerate(BAD)]
FIXED = [(rule, example) for rule, example in BAD if rule.fix is not None]
FIXED_IDS = [f"{rule.code}-{place}" for place, (rule, _) in enumerate(FIXED)]


RULES = {rule.code: rule for rule in rules()}


@cache
def judges(codes: frozenset[str]) -> Judge:
    return Judge([RULES[code] for code in sorted(codes)])


def judge_of(code: str) -> Judge:
    return judges(frozenset({code}))


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


def told(examples: Sequence[tuple[Rule, Example]], copies: Sequence[Copy]) -> list[list[int]]:
    """What the rule of each copy's example says of the copy, row by row; all of them are judged together."""
    stack = stacked([parse(example.text) for _, example in examples], copies)
    verdicts = judges(frozenset(rule.code for rule, _ in examples)).judge(stack.tables)
    assert verdicts.crashed == {}
    rows = {table: stack.rows_of_copies(frame) for table, frame in verdicts.workspace.frames.items()}
    of = {rule.code: (verdicts.of(rule).to_numpy(), rows[rule.over]) for rule in verdicts.judge.rules}
    ours = [of[examples[copy.example][0].code] for copy in copies]
    return [said[of_copies[number]].tolist() for number, (said, of_copies) in enumerate(ours)]


def forgotten(copies: Sequence[Copy], verdicts: Sequence[list[int]], as_: Verdict = Verdict.PASS) -> list[Copy]:
    """The copies that pass, or whatever `as_` says, where the example, which comes before them whole, has a finding."""
    found = []
    before: list[int] = []
    for copy, after in zip(copies, verdicts, strict=True):
        if copy.blank is None:
            before = after
            assert int(Verdict.FINDING) in before
        # Blanking may take away the row itself, such as a pair of codes of which one is now unknown.
        elif len(after) == len(before) and (int(Verdict.FINDING), int(as_)) in zip(before, after, strict=True):
            found.append(copy)
    return found


def blanked(examples: Sequence[tuple[Rule, Example]]) -> list[Copy]:
    """Each example whole, then with each input that its rule's verdict goes back to unknown."""
    cells = [(None, *inputs_of(rule.code)) for rule, _ in examples]
    return [Copy(place, cell) for place, of_example in enumerate(cells) for cell in of_example]


def test_a_finding_never_becomes_a_pass_when_an_input_is_blanked() -> None:
    near = [(rule, example) for rule, example in BAD if whole_book().reach(rule) is Reach.PATIENT]
    copies = blanked(near)
    assert len(copies) > 3_000
    passed = forgotten(copies, told(near, copies))
    assert {(near[copy.example][0].code, copy.blank) for copy in passed} == set()


def test_nor_one_of_a_rule_that_asks_beyond_the_patient() -> None:
    far = [(rule, example) for rule, example in BAD if whole_book().reach(rule) is not Reach.PATIENT]
    assert len(far) >= 8
    copies = blanked(far)
    passed = forgotten(copies, [told([far[copy.example]], [Copy(0, copy.blank)])[0] for copy in copies])
    assert {(far[copy.example][0].code, copy.blank) for copy in passed} == set()


NOT_ASKED = {
    ("AU106", ("claims", "authorization_units_left")): "an authorization that states no units counts none",
    ("MD312", ("lines", "notice_choice")): "nobody who is not known to have had a notice is asked about it",
    ("MD313", ("lines", "notice_choice")): "nobody who is not known to have had a notice is asked about it",
    ("UN307", ("claims", "clinic_bounds_set")): "a bound that the clinic has not set binds nobody",
    ("UN308", ("claims", "clinic_bounds_set")): "a bound that the clinic has not set binds nobody",
    ("TD106", ("claims", "clinic_bounds_set")): "a bound that the clinic has not set binds nobody",
    ("UN309", ("services", "starts_at")): "a visit that states no clock times has none to compare",
    ("DC108", ("claims", "note_text")): "all notes of all patients are blanked: there is none to compare",
    ("TD105", ("claims", "rendering_npi")): "all therapists are blanked: there is no last visit of any",
    ("TD107", ("claims", "rendering_npi")): "all therapists are blanked: there is no last visit of any",
    ("TH106", ("claims", "rendering_npi")): "all therapists are blanked: there is no last visit of any",
}
"""Rule and input without which it does not apply, and why that is right."""


def test_a_finding_never_leaves_a_rules_reach_when_an_input_is_blanked() -> None:
    # Without a payer file every setting of the payer is unknown, and no rule may take that for one that is off.
    near = [(rule, example) for rule, example in BAD if whole_book().reach(rule) is Reach.PATIENT]
    far = [(rule, example) for rule, example in BAD if whole_book().reach(rule) is not Reach.PATIENT]
    of_near, of_far = blanked(near), blanked(far)
    assert ("claims", "payer") in {copy.blank for copy in of_near}
    left = {
        (near[copy.example][0].code, copy.blank)
        for copy in forgotten(of_near, told(near, of_near), Verdict.NOT_APPLICABLE)
    }
    told_far = [told([far[copy.example]], [Copy(0, copy.blank)])[0] for copy in of_far]
    left |= {(far[copy.example][0].code, copy.blank) for copy in forgotten(of_far, told_far, Verdict.NOT_APPLICABLE)}
    assert left == set(NOT_ASKED)


def test_an_unknown_key_is_judged_alike_alone_and_beside_other_patients() -> None:
    near = [(rule, example) for rule, example in BAD if whole_book().reach(rule) is Reach.PATIENT]
    keys = {("claims", "discipline"), ("claims", "payer")}
    # One example of each rule and key: the last.
    once = {(near[copy.example][0].code, copy.blank): copy for copy in blanked(near) if copy.blank in keys}
    copies = list(once.values())
    assert len(copies) > 100
    alone = [told([near[copy.example]], [Copy(0, copy.blank)])[0] for copy in copies]
    assert [
        (near[copy.example][0].code, copy.blank, one, among)
        for copy, one, among in zip(copies, alone, told(near, copies), strict=True)
        if one != among
    ] == []


def test_a_rule_of_a_therapist_judges_alike_alone_and_beside_other_therapists() -> None:
    of_therapist = [rule for rule in rules() if whole_book().reach(rule) is Reach.THERAPIST]
    assert "DC108" in {rule.code for rule in of_therapist}
    for rule in of_therapist:
        # A claim that names no therapist may be anybody's: it leaves its day unknown for all.
        every = [parse(example.text) for example in rule.examples]
        parts = [part for part in every if part.claims.get_column("rendering_npi").replace("", None).null_count() == 0]
        stack = stacked(parts, [Copy(place) for place in range(len(parts))])
        # Each example has therapists of its own.
        whose = pl.Series([str(copy) for copy in stack.copy_of_claim.tolist()])
        claims = stack.tables.claims.with_columns(pl.col("rendering_npi") + whose, pl.col("treated_by") + whose)
        beside = judge_of(rule.code).judge(replace(stack.tables, claims=claims))
        rows = stack.rows_of_copies(beside.workspace.frames[rule.over])
        for part, own in zip(parts, rows, strict=True):
            alone = judge_of(rule.code).judge(part)
            assert beside.of(rule).to_numpy()[own].tolist() == alone.of(rule).to_list(), rule.code


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
