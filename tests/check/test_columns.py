"""Findings and gaps of many claims are those of few: the same counts, however rows are told apart."""

from __future__ import annotations

import polars as pl
import pytest

from cleanclaim.check import questions
from cleanclaim.check.columns import counts_of, findings_of, gaps_of
from cleanclaim.check.judge import Judge, Verdicts
from cleanclaim.facts import alike, frames, numbering, workspace
from cleanclaim.lines.columns import col
from cleanclaim.rules.notation import parse
from tests.check.test_judge import rule

LINES = """
    visit 2026-03-04 medicare_b
      97110 GP x1
      97110 GP x?
      97140 GP x2
      97530 GP x?
"""
UNKNOWN = pl.lit(None, pl.Boolean)


@pytest.fixture(params=["few", "many"])
def height(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """How the tables are judged: as few rows, or as if there were many."""
    if request.param == "many":
        for module, name in (
            (questions, "_FEW"),
            (frames, "FEW_ROWS"),
            (workspace, "FEW_ROWS"),
            (alike, "FEW_ROWS"),
            (numbering, "_KINDS_PER_ROW"),
            (numbering, "_FEWEST_REPEATS"),
        ):
            monkeypatch.setattr(module, name, -1)
    return str(request.param)


def judged(*conditions: pl.Expr) -> Verdicts:
    rules = [rule(f"ZZ30{place}", condition) for place, condition in enumerate(conditions, start=1)]
    return Judge(rules, extra={"claims": ("claim_key",)}).judge(parse(LINES))


@pytest.mark.usefixtures("height")
def test_an_unknown_input_is_counted_where_the_answer_is_the_same_for_all() -> None:
    """The first answer is unknown on every line; the units are on two of the four."""
    verdicts = judged(pl.when(col.units > 99).then(UNKNOWN).otherwise(UNKNOWN), col.units > 1)

    assert gaps_of(verdicts).rows() == [("ZZ301", "", 2), ("ZZ301", "units billed", 2), ("ZZ302", "units billed", 2)]


@pytest.mark.usefixtures("height")
def test_rows_are_counted_and_found_by_kind_as_one_by_one() -> None:
    verdicts = judged(col.units > 1, (col.code == "97110") & (col.units <= 1), pl.lit(value=True))

    assert counts_of(verdicts).select("rule", "passed", "found", "no_data").rows() == [
        ("ZZ301", 1, 1, 2),
        ("ZZ302", 2, 1, 1),
        ("ZZ303", 0, 4, 0),
    ]
    assert findings_of(verdicts).select("rule", "place").rows() == [
        ("ZZ301", "line 3"),
        ("ZZ302", "line 1"),
        *(("ZZ303", f"line {line}") for line in (1, 2, 3, 4)),
    ]
    assert [found.place for found in verdicts.findings()] == findings_of(verdicts).get_column("place").to_list()
