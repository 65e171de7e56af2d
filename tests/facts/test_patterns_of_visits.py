"""A visit alone and the same visit beside another patient's are told alike; and what a row of days counts."""

from __future__ import annotations

import polars as pl
import pytest

from cleanclaim.check.judge import Judge
from cleanclaim.reference import postal
from cleanclaim.rules import book
from cleanclaim.rules.notation import parse

CODES = {"DC109", "PC305", "TH105", "TH107", "TD105"}
SHOWN = (
    "alike_days_at_least",
    "alike_days_at_most",
    "week_days_at_least",
    "week_days_at_most",
    "is_first_day_of_year",
    "completes_the_year",
    "therapists_of_npi",
    "is_last_of_npi",
)
OTHER = "\nhistory 2020-05-05 cash patient_id=9 rendering_npi=1003000126\n  97140 GP x1"


@pytest.fixture(scope="module")
def judge() -> Judge:
    return Judge([rule for rule in book.rules() if rule.code in CODES])


def shown(judge: Judge, text: str) -> pl.DataFrame:
    return judge.judge(parse(text)).workspace.frames["claims"].select(SHOWN)


@pytest.mark.parametrize(
    "visit",
    [
        "visit 2026-03-04 medicare_b\n  97110 GP x2",
        "visit 2026-03-04 medicare_b knows_history=false\n  97110 GP x2",
        "visit 2026-03-04 medicare_b knows_history=?\n  97110 GP x2",
        "visit 2026-03-04 medicare_b visits_before=4 visits_before_this_year=4 visits_before_this_week=1\n  97110 GP x2",
        "visit 2026-11-04 medicare_b visits_before=4 visits_before_this_year=4\n  97110 GP x2",
        "visit 2026-11-04 medicare_b visits_before_this_year=?\n  97110 GP x2",
        "visit 2026-03-04 medicare_b visits_before_this_week=?\n  97110 GP x2",
        "visit 2026-03-04 medicare_b discipline=?\n  97110 GP x2",
        "visit 2026-03-04 medicare_b treated_by=?\n  97110 GP x2",
        "visit 2026-03-04 medicare_b rendering_npi=none\n  97110 GP x2",
        "visit 2026-03-04 medicare_b rendering_npi=?\n  97110 GP x2",
        "visit 2026-03-04 medicare_b\n  97110 GP x?",
        "visit 2026-03-04 medicare_b\n  97110 GP x2\n  97140 code=? GP x2",
        "history 2026-03-04 medicare_b\n  97110 GP x2",
    ],
)
def test_a_visit_alone_is_told_as_beside_another_patients(judge: Judge, visit: str) -> None:
    alone, beside = shown(judge, visit), shown(judge, visit + OTHER)
    for name in SHOWN:
        assert alone.get_column(name).to_list() == beside.get_column(name).to_list()[:1], name


def test_a_row_of_alike_days_begins_anew_after_another_bill(judge: Judge) -> None:
    days = ((2, "97110 GP x2"), (3, "97110 GP x2"), (4, "97140 GP x1"), (5, "97110 GP x2"), (6, "97110 GP KX x2"))
    text = "\n".join(f"visit 2026-03-0{day} medicare_b\n  {line}" for day, line in days)
    found = shown(judge, text)
    assert found.get_column("alike_days_at_least").to_list() == [1, 2, 1, 1, 2]
    assert found.get_column("alike_days_at_most").to_list() == [1, 2, 1, 1, 2]


def test_a_row_that_earlier_days_may_prolong_is_a_lower_bound(judge: Judge) -> None:
    words = "visits_before=3"
    text = "\n".join(
        f"visit 2026-03-0{day} medicare_b {words}\n  {line}"
        for day, line in (
            (2, "97110 GP x2"),
            (3, "97110 GP x2"),
            (4, "97140 GP x1"),
        )
    )
    found = shown(judge, text)
    assert found.get_column("alike_days_at_least").to_list() == [1, 2, 1]
    assert found.get_column("alike_days_at_most").to_list() == [None, None, 1]


def test_two_claims_of_a_day_are_one_day_with_all_its_lines(judge: Judge) -> None:
    text = (
        "visit 2026-03-02 medicare_b\n  97110 GP x2\n  97140 GP x1\n"
        "visit 2026-03-03 medicare_b\n  97140 GP x1\nvisit 2026-03-03 medicare_b\n  97110 GP x2"
    )
    assert shown(judge, text).get_column("alike_days_at_least").to_list() == [1, 2, 2]


def test_every_state_and_territory_is_known_and_nothing_else() -> None:
    assert len(postal.states()) == 62
    assert {"IL", "DC", "PR", "AE"} <= postal.states()
    assert not {"IO", "ON", "il", ""} & postal.states()
