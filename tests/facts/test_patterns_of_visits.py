"""A visit alone and the same visit beside another patient's are told alike; and what a row of days counts."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

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


@pytest.mark.parametrize("seed", range(6))
def test_rows_of_days_weeks_and_years_are_those_counted_by_hand(judge: Judge, seed: int) -> None:
    draw = random.Random(seed)
    visits = [
        {
            "patient": draw.choice((1, 1, 2)),
            "discipline": draw.choice(("PT", "PT", "OT", "SLP", None if seed > 3 else "PT")),
            "day": date(2025, 1, 1) + timedelta(days=draw.choice((draw.randrange(400), draw.randrange(380, 395)))),
            "units": draw.choice((1, 1, 2, None if seed > 2 else 1)),
        }
        for _ in range(70)
    ]
    text = "\n".join(
        f"visit {one['day']} medicare_b patient_id={one['patient']} discipline={one['discipline'] or '?'}\n"
        f"  97110 GP x{one['units'] or '?'}"
        for one in visits
    )
    found = shown(judge, text)
    expected = [by_hand(visits, one) for one in visits]
    for place, name in enumerate(SHOWN[:6]):
        assert found.get_column(name).to_list() == [row[place] for row in expected], name


def by_hand(visits: list[dict[str, Any]], one: dict[str, Any]) -> tuple[Any, ...]:
    """What a clerk with a calendar would say of one visit among all, whose earlier visits are all at hand."""
    if one["discipline"] is None:
        return (None,) * 6
    mine = [visit for visit in visits if visit["patient"] == one["patient"]]
    is_loose = any(visit["discipline"] is None for visit in mine)
    case = [visit for visit in mine if visit["discipline"] == one["discipline"]]
    bills: dict[date, list[int | None]] = {}
    for visit in case:
        bills.setdefault(visit["day"], []).append(visit["units"])
    days = sorted(bills)
    place, length = days.index(one["day"]), 1
    alike_least: int | None = None
    alike_most: int | None = None
    if None not in bills[one["day"]]:
        own = sorted(unit for unit in bills[one["day"]] if unit is not None)
        while place > 0 and None not in bills[days[place - 1]] and sorted(bills[days[place - 1]], key=str) == own:
            place, length = place - 1, length + 1
        alike_least = length
        alike_most = length if place == 0 or None not in bills[days[place - 1]] else None
    weeks = [one["day"] - timedelta(days=(one["day"].weekday() + shift) % 7) for shift in (0, 1)]
    week = min(sum(begin <= day <= one["day"] for day in days) for begin in weeks)
    group = [visit for visit in mine if visit["discipline"] is not None]
    group = [visit for visit in group if (visit["discipline"] == "OT") == (one["discipline"] == "OT")]
    year = sorted({visit["day"] for visit in group if visit["day"].year == one["day"].year})
    first = one["day"] == year[0]
    quarters = {(day.month - 1) // 3 for day in year}
    closing = (one["day"].month - 1) // 3 == 3 and not any(day.month >= 10 and day < one["day"] for day in year)
    completes = closing and len(quarters) == 4
    return (
        alike_least,
        alike_most,
        week,
        None if is_loose else week,
        (None if is_loose else True) if first else False,
        None if is_loose and closing and not completes else completes,
    )


def test_every_state_and_territory_is_known_and_nothing_else() -> None:
    assert len(postal.states()) == 62
    assert {"IL", "DC", "PR", "AE"} <= postal.states()
    assert not {"IO", "ON", "il", ""} & postal.states()
