"""Unit rules over the published chart, over payers that count each code alone, and over what was left off."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest

from cleanclaim.check.judge import Judge
from cleanclaim.facts.kit import Context
from cleanclaim.reference import payers
from cleanclaim.rules.book import rules
from cleanclaim.rules.kit import Verdict
from cleanclaim.rules.notation import parse

MIDPOINT = """
id = "made_up"
label = "A plan made up for tests"
kind = "commercial"
filing_indicator = "CI"
filing_indicator_confidence = "memory"
fictional = true

[sources.handbook]
publisher = "A plan made up for tests"
title = "Handbook"
section = "units"
read_on = 2026-11-21

[[settings.unit_method.values]]
value = "midpoint"
from = 2026-01-01
source = "handbook"
"""


@cache
def judge() -> Judge:
    return Judge([rule for rule in rules() if rule.code.startswith("UN")])


def found(text: str, context: Context | None = None) -> list[tuple[str, str]]:
    verdicts = judge().judge(parse(text), context)
    assert verdicts.crashed == {}
    return [(item.code, item.place) for item in verdicts.findings()]


def codes(text: str, only: Iterable[str], context: Context | None = None) -> set[str]:
    return {code for code, _ in found(text, context)} & set(only)


@pytest.fixture
def midpoint(tmp_path: Path) -> Context:
    file = tmp_path / "made_up.toml"
    file.write_text(MIDPOINT, encoding="utf-8")
    return Context(payers={"made_up": payers.load_pack(file)})


# Pub 100-04 ch. 5 §20.2.C, the chart of units by total minutes: first and last minute of each row.
CHART = [(8, 22, 1), (23, 37, 2), (38, 52, 3), (53, 67, 4), (68, 82, 5), (83, 97, 6), (98, 112, 7), (113, 127, 8)]


@pytest.mark.parametrize(("first", "last", "units"), CHART)
def test_the_chart_holds_at_both_ends_of_each_row(first: int, last: int, units: int) -> None:
    total = ("UN101", "UN201")
    for minutes in (first, last):
        assert codes(f"visit 2026-03-04 medicare_b\n 97110 GP x{units} {minutes}min", total) == set()
        assert codes(f"visit 2026-03-04 medicare_b\n 97110 GP x{units + 1} {minutes}min", total) == {"UN101"}
    assert codes(f"visit 2026-03-04 medicare_b\n 97110 GP x{units} {first - 1}min", total) == {"UN101"}
    assert codes(f"visit 2026-03-04 medicare_b\n 97110 GP x{units} {last + 1}min", total) == {"UN201"}


# Pub 100-04 ch. 5 §20.2.C, examples 1 to 4, and their right answers.
RIGHT = [
    "97112 GP x2 24min\n 97110 GP x1 23min",
    "97112 GP x2 20min\n 97110 GP x1 20min",
    "97112 GP x1 20min\n 97110 GP x2 20min",
    "97110 GP x2 33min\n 97140 GP x1 7min",
    (
        "97110 GP x1 18min\n 97140 GP x1 13min\n 97116 GP x1 10min\n did 97110 18min\n did 97140 13min\n did 97116 10min\n"
        " did 97035 8min"
    ),
]


@pytest.mark.parametrize("lines", RIGHT)
def test_the_manuals_examples_are_left_alone(lines: str) -> None:
    counted = [code for code, _ in found(f"visit 2026-03-04 medicare_b\n {lines}") if code < "UN300"]

    assert counted == []


def test_three_units_of_one_code_are_not_the_pooled_answer() -> None:
    text = "visit 2026-03-04 medicare_b\n 97112 GP x3 20min\n did 97112 20min\n did 97110 20min"

    assert [item for item in found(text) if item[0] < "UN300"] == [("UN103", "97112"), ("UN203", "day")]


def test_a_midpoint_payer_counts_each_code_alone(midpoint: Context) -> None:
    pooled = "visit 2026-03-04 made_up\n 97110 GP x2 20min\n 97112 GP x1 20min"
    alone = "visit 2026-03-04 made_up\n 97110 GP x1 20min\n 97112 GP x1 20min"
    eights = "visit 2026-03-04 made_up\n 97110 GP x1 8min\n 97112 GP x1 8min"

    assert found(pooled, midpoint) == [("UN101", "day")]
    assert found(alone, midpoint) == []
    assert found(eights, midpoint) == []
    assert found(eights.replace("made_up", "medicare_b")) == [("UN101", "day"), ("UN203", "day")]
    assert found(alone.replace("made_up", "medicare_b")) == [("UN201", "day"), ("UN203", "day")]


def test_a_midpoint_payer_before_its_file_begins_is_no_data(midpoint: Context) -> None:
    text = "visit {} made_up\n 97110 GP x1 38min"
    counts = {
        day: judge().judge(parse(text.format(day)), midpoint).counts()["UN201"] for day in ("2025-12-31", "2026-01-01")
    }

    assert counts["2025-12-31"][Verdict.NO_DATA] == 1
    assert counts["2026-01-01"][Verdict.FINDING] == 1


def test_units_on_the_wrong_code_at_a_midpoint_payer(midpoint: Context) -> None:
    text = "visit 2026-03-04 made_up\n 97110 GP x1 7min\n 97112 GP x1 38min"

    # 7 minutes hold none and 38 hold three: two billed do not pass the day's total, but 97110 has none of them.
    assert codes(text, ("UN101", "UN103", "UN201")) == set()
    assert codes(text, ("UN101", "UN103", "UN201"), midpoint) == {"UN103", "UN201"}


def test_a_second_visit_of_the_day_takes_minutes_from_the_pool() -> None:
    one = "visit 2026-03-04 medicare_b\n 97110 GP x1 8min"

    assert found(one) == []
    assert found(one + "\nhistory 2026-03-04 medicare_b\n 97140 GP x1 8min") == [("UN101", "day"), ("UN203", "day")]
    assert found(one + "\nhistory 2026-03-05 medicare_b\n 97140 GP x1 8min") == []
    assert found(one + "\nhistory 2026-03-04 medicare_b discipline=OT\n 97530 GO x1 8min") == []


@pytest.mark.parametrize(
    ("code", "family"),
    [
        ("97161", "evaluation"),
        ("97164", "reevaluation"),
        ("97150", "group"),
        ("G0283", "modality"),
        ("95992", "canalith"),
        ("97552", "caregiver group"),
        ("97597", "first area of wounds"),
    ],
)
def test_codes_of_one_unit_a_day(code: str, family: str) -> None:
    assert codes(f"visit 2026-03-04 medicare_b\n {code} GP x1 30min", ("UN104",)) == set(), family
    assert codes(f"visit 2026-03-04 medicare_b\n {code} GP x2 30min", ("UN104",)) == {"UN104"}, family


@pytest.mark.parametrize("code", ["97110", "97598", "95851", "95852", "29125", "97546", "98966"])
def test_codes_counted_otherwise_may_have_two(code: str) -> None:
    assert codes(f"visit 2026-03-04 medicare_b\n {code} GP x2 120min", ("UN104",)) == set()


# CPT's time rule for blocks of other lengths: a block is earned once more than half of it has passed.
BLOCKS = [("97545", 61, 1), ("97546", 31, 1), ("97546", 91, 2), ("97550", 16, 1), ("96125", 31, 1), ("96125", 91, 2)]


@pytest.mark.parametrize(("code", "minutes", "units"), BLOCKS)
def test_a_block_is_earned_past_its_middle(code: str, minutes: int, units: int) -> None:
    assert codes(f"visit 2026-03-04 medicare_b\n {code} GP x{units} {minutes}min", ("UN107",)) == set()
    assert codes(f"visit 2026-03-04 medicare_b\n {code} GP x{units} {minutes - 1}min", ("UN107",)) == {"UN107"}


def test_the_least_minutes_of_a_payer_whose_method_is_unknown() -> None:
    text = "visit 2026-03-04 {}\n 97110 GP x1 16min\n 97140 GP x1 7min"

    assert codes(text.format("uhc_commercial"), ("UN106",)) == {"UN106"}
    assert codes(text.format("medicare_b"), ("UN106",)) == set()


def test_what_was_left_off_is_told_once() -> None:
    left_off = "visit 2026-03-04 medicare_b\n 97110 GP x1 15min\n did 97110 15min\n did 97140 15min"
    too_few = "visit 2026-03-04 medicare_b\n 97110 GP x1 30min"

    assert codes(left_off, ("UN201", "UN202")) == {"UN202"}
    assert codes(too_few, ("UN201", "UN202")) == {"UN201"}


def test_nothing_is_left_off_where_nobody_knows_what_was_done() -> None:
    text = "visit 2026-03-04 medicare_b knows_services=false\n 97110 GP x1 15min"
    counts = judge().judge(parse(text)).counts()

    for code in ("UN101", "UN201", "UN202", "UN301"):
        assert counts[code][Verdict.NO_DATA] == 1, code
        assert counts[code][Verdict.PASS] == 0, code
