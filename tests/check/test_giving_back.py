"""A judge that gives columns back says the same, and what it gave back is no null."""

from __future__ import annotations

import pytest

from cleanclaim.check import questions
from cleanclaim.check.columns import counts_of, findings_of, gaps_of
from cleanclaim.check.judge import Judge, Verdicts
from cleanclaim.facts import alike, frames, numbering, workspace
from cleanclaim.facts.frames import GivenBackError
from cleanclaim.rules.book import rules
from cleanclaim.rules.notation import parse
from tests.rules.stacked import Copy, stacked


@pytest.fixture(scope="module", params=["by row", "by kind"])
def verdicts(request: pytest.FixtureRequest) -> dict[bool, Verdicts]:
    """What is said of every rule's first example, by whether columns are given back."""
    examples = [parse(rule.examples[0].text) for rule in rules()]
    tables = stacked(examples, [Copy(place) for place in range(len(examples))]).tables
    judges = {gives: Judge(rules(), extra={"claims": ["claim_key"]}, gives_back=gives) for gives in (False, True)}
    with pytest.MonkeyPatch.context() as patched:
        if request.param == "by kind":
            for module, name in (
                (questions, "_FEW"),
                (workspace, "FEW_ROWS"),
                (alike, "FEW_ROWS"),
                (numbering, "_FEWEST_REPEATS"),
            ):
                patched.setattr(module, name, -1)
        return {gives: judge.judge(tables) for gives, judge in judges.items()}


@pytest.mark.slow
def test_verdicts_are_the_same_whether_columns_are_given_back(verdicts: dict[bool, Verdicts]) -> None:
    whole, least = verdicts[False], verdicts[True]

    assert whole.crashed == least.crashed == {}
    assert counts_of(whole).equals(counts_of(least))
    assert findings_of(whole).equals(findings_of(least))
    assert findings_of(whole).height > 0
    assert gaps_of(whole).equals(gaps_of(least))
    assert whole.findings() == least.findings()
    assert whole.unjudged() == least.unjudged()


@pytest.mark.slow
def test_a_column_that_was_given_back_is_an_error(verdicts: dict[bool, Verdicts]) -> None:
    frames_of = {gives: found.workspace.frames for gives, found in verdicts.items()}

    assert "fee_cents" in frames_of[False]["lines"].columns
    assert "fee_cents" not in frames_of[True]["lines"].columns
    for asked in (
        lambda: frames_of[True].holding("lines", ["units", "fee_cents"]),
        lambda: frames_of[True].nulls("lines", "fee_cents"),
        lambda: frames_of[True].column("lines", "fee_cents"),
    ):
        with pytest.raises(GivenBackError, match="lines: fee_cents"):
            asked()


def test_few_rows_give_nothing_back(monkeypatch: pytest.MonkeyPatch) -> None:
    tables = parse("visit 2026-03-04 medicare_b\n 97110 GP x1 15min $50.00")
    few = Judge(rules(), gives_back=True).judge(tables)
    monkeypatch.setattr(frames, "FEW_ROWS", -1)
    many = Judge(rules(), gives_back=True).judge(tables)

    assert "fee_cents" in few.workspace.frames["lines"].columns
    assert "fee_cents" not in many.workspace.frames["lines"].columns
