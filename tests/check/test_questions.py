"""Questions that rules share are asked once; what a rule objects to is asked only where it may apply."""

from __future__ import annotations

import polars as pl

from cleanclaim.check.judge import Judge
from cleanclaim.check.questions import Questions
from cleanclaim.facts.frames import Frames
from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Verdict
from cleanclaim.rules.notation import parse
from tests.check.test_judge import TWO_LINES, rule

APPLIES = (col.units >= 1) & (col.code != "97140")


def test_a_condition_that_two_rules_share_is_one_part() -> None:
    first = rule("ZZ201", col.units > 2, applies=APPLIES)
    second = rule("ZZ202", (col.units > 2) & (col.units > 3), applies=col.code != "97140")

    asked = Questions.of([first, second])

    assert len(asked.parts) == 4
    assert asked.applies == ((0, 1), (1,))
    assert asked.flags == ((2,), (2, 3))


def test_verdicts_are_those_of_the_whole_expression_for_every_pair_of_truths() -> None:
    truths = [True, False, None]
    rows = [(a, b, c) for a in truths for b in truths for c in truths]
    frame = pl.DataFrame(rows, schema={"a": pl.Boolean, "b": pl.Boolean, "c": pl.Boolean}, orient="row")
    frame = frame.with_columns(
        pl.int_range(pl.len(), dtype=pl.Int64).alias("line_id"), pl.lit(value=False).alias("is_history")
    )
    tried = rule("ZZ203", pl.col("c"), applies=pl.col("a") & pl.col("b"))

    verdicts = Questions.of([tried]).ask(Frames({"lines": frame}), "lines", {}).truths("ZZ203").by_row().tolist()

    assert verdicts == frame.select(tried.verdict()).to_series().to_list()
    assert verdicts.count(int(Verdict.FINDING)) == 1
    assert verdicts.count(int(Verdict.NO_DATA)) == 10


def test_what_a_rule_objects_to_is_not_asked_where_it_never_applies() -> None:
    never = rule("ZZ204", col.code.str.strptime(pl.Date, "%Y").is_null(), applies=col.code == "00000")

    verdicts = Judge([never]).judge(parse(TWO_LINES))

    assert verdicts.crashed == {}
    assert verdicts.counts()["ZZ204"][Verdict.NOT_APPLICABLE] == 2


def test_a_constant_answers_for_every_row() -> None:
    always = rule("ZZ205", pl.lit(value=True))

    assert Judge([always]).judge(parse(TWO_LINES)).counts()["ZZ205"][Verdict.FINDING] == 2
