"""Aging, allocation, giving up, and the clock of an overpayment: both sides of every boundary."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanclaim.ledger.posting import PATIENT
from cleanclaim.receivables.aging import Aged, Bucket, aged, bucket_of
from cleanclaim.receivables.allocation import AllocationError, Owed, chosen, oldest_first
from cleanclaim.receivables.giving_up import (
    Amount,
    Reason,
    Rules,
    Situation,
    Step,
    needs_owner,
    objections,
    part_for,
)
from cleanclaim.receivables.overpayments import medicare_clock

TODAY = date(2026, 9, 25)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


# --- aging -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "bucket"),
    [
        (-1, Bucket.CURRENT), (0, Bucket.CURRENT), (30, Bucket.CURRENT), (31, Bucket.OVER_30), (60, Bucket.OVER_30),
        (61, Bucket.OVER_60), (90, Bucket.OVER_60), (91, Bucket.OVER_90), (120, Bucket.OVER_90), (121, Bucket.OVER_120),
        (4_000, Bucket.OVER_120),
    ],
)  # fmt: skip
def test_each_day_has_its_bucket(days: int, bucket: Bucket) -> None:
    assert bucket_of(ago(days), TODAY) is bucket


def test_amounts_add_up_in_their_buckets() -> None:
    found = aged([Aged(100, ago(30)), Aged(50, ago(31)), Aged(25, ago(60)), Aged(-10, ago(200))], TODAY)
    assert list(found.values()) == [100, 75, 0, 0, -10]
    assert [bucket.label for bucket in found] == ["0–30", "31–60", "61–90", "91–120", "over 120"]


# --- allocation ------------------------------------------------------------------------------------------

OWED = [
    Owed("new", 300, ago(5), ago(30)),
    Owed("old", 200, ago(60), ago(70)),
    Owed("same day, earlier visit", 100, ago(5), ago(40)),
]


@pytest.mark.parametrize(
    ("cents", "lines", "left"),
    [
        (1, (("old", 1),), 0),
        (200, (("old", 200),), 0),
        (201, (("old", 200), ("same day, earlier visit", 1)), 0),
        (600, (("old", 200), ("same day, earlier visit", 100), ("new", 300)), 0),
        (601, (("old", 200), ("same day, earlier visit", 100), ("new", 300)), 1),
    ],
)
def test_the_oldest_is_paid_first(cents: int, lines: tuple[tuple[str, int], ...], left: int) -> None:
    found = oldest_first(cents, OWED)
    assert (found.lines, found.left_cents) == (lines, left)


@given(st.integers(1, 10_000), st.lists(st.tuples(st.integers(0, 500), st.integers(0, 300)), max_size=8))
def test_no_cent_is_lost_and_no_line_is_overpaid(cents: int, debts: list[tuple[int, int]]) -> None:
    owed = [Owed(str(place), amount, ago(days), ago(days)) for place, (amount, days) in enumerate(debts)]
    found = oldest_first(cents, owed)
    assert sum(part for _line, part in found.lines) + found.left_cents == cents
    limits = {item.line: item.cents for item in owed}
    assert all(0 < part <= limits[line] for line, part in found.lines)
    assert not found.left_cents or sum(part for _line, part in found.lines) == sum(limits.values())


def test_chosen_lines_get_their_parts() -> None:
    found = chosen(400, {"new": 300, "old": 0}, OWED)
    assert (found.lines, found.left_cents) == ((("new", 300),), 100)


@pytest.mark.parametrize(
    ("cents", "parts", "problem"),
    [
        (400, {"new": 301}, "at most the \\$3.00 owed"),
        (400, {"unknown": 1}, "at most the \\$0.00 owed"),
        (400, {"new": -1}, "-\\$0.01 for a line"),
        (299, {"new": 300}, "at most the \\$2.99 paid"),
        (0, {}, "more than nothing"),
    ],
)
def test_what_cannot_be_put_there_is_refused(cents: int, parts: dict[str, int], problem: str) -> None:
    with pytest.raises(AllocationError, match=problem):
        chosen(cents, parts, OWED)


# --- giving up -------------------------------------------------------------------------------------------

RULES = Rules(small_balance_cents=500, due_in_days=30, alone_cents=2_500)
SITUATION = Situation(TODAY, balance_cents=500, statements=0, need_e4=None)


def amount(cents: int = 500, *, most: int = 500, days: int = 30, owed_by: str = PATIENT, protected: int = 0) -> Amount:
    return Amount("line", owed_by, cents, most, ago(days), protected)


def test_a_small_balance_is_small_and_was_due() -> None:
    assert objections(Reason.SMALL_BALANCE, [amount()], RULES, SITUATION) == []
    more = Situation(TODAY, 501, 0, None)
    assert objections(Reason.SMALL_BALANCE, [amount()], RULES, more) == [
        "the patient owes $5.01 in all; a small balance is at most $5.00"
    ]
    # A copay of yesterday is no small balance, however small.
    assert objections(Reason.SMALL_BALANCE, [amount(days=29)], RULES, SITUATION) == [
        "owed for less than 30 days; expected the time to pay to be over"
    ]


@pytest.mark.parametrize(
    ("need", "cents", "problem"),
    [
        (None, 1, "no test of need holds today; expected one on file"),
        (0, 1, "the test found no need by the clinic's scale"),
        (5_000, 251, "more than the part by the scale; expected at most $2.50 of these lines"),
        (5_000, 250, ""),
        (10_000, 500, ""),
    ],
)
def test_need_is_tested_and_bounds_what_is_given_up(need: int | None, cents: int, problem: str) -> None:
    found = objections(Reason.HARDSHIP, [amount(cents)], RULES, Situation(TODAY, 9_000, 0, need))
    assert found == ([problem] if problem else [])


def test_a_bad_debt_was_asked_for() -> None:
    asked = Situation(TODAY, 9_000, 1, None)
    assert objections(Reason.BAD_DEBT, [amount()], RULES, asked) == []
    assert objections(Reason.BAD_DEBT, [amount()], RULES, SITUATION) != []
    assert objections(Reason.BAD_DEBT, [amount(days=29)], RULES, asked) != []


def test_only_what_is_protected_is_given_up_as_protected() -> None:
    assert objections(Reason.PROTECTED, [amount(protected=500)], RULES, SITUATION) == []
    assert objections(Reason.PROTECTED, [amount(protected=499)], RULES, SITUATION) == [
        "neither a payer's remark (N781, N782, N783) nor eligibility (QMB) protects all of it"
    ]


@pytest.mark.parametrize(
    ("reason", "owed_by", "fits"),
    [
        (Reason.FINAL_DENIAL, "primary", True), (Reason.FINAL_DENIAL, PATIENT, False),
        (Reason.TIMELY_FILING, "primary", True), (Reason.TIMELY_FILING, PATIENT, False),
        (Reason.CLINIC_ERROR, "primary", True), (Reason.CLINIC_ERROR, PATIENT, True),
        (Reason.SMALL_BALANCE, "primary", False),
    ],
)  # fmt: skip
def test_a_reason_fits_who_owes(reason: Reason, owed_by: str, fits: bool) -> None:  # noqa: FBT001 - a case
    assert (objections(reason, [amount(owed_by=owed_by)], RULES, SITUATION) == []) is fits


def test_no_more_than_is_open_is_given_up() -> None:
    assert objections(Reason.CLINIC_ERROR, [amount(501)], RULES, SITUATION) == [
        "$5.01 of a line; expected at most the $5.00 open"
    ]
    assert objections(Reason.CLINIC_ERROR, [amount(0)], RULES, SITUATION) != []
    assert objections(Reason.CLINIC_ERROR, [], RULES, SITUATION) == ["nothing is chosen; expected at least one line"]


def test_the_owner_decides_above_the_limit() -> None:
    assert not needs_owner(Reason.CLINIC_ERROR, 2_500, RULES)
    assert needs_owner(Reason.CLINIC_ERROR, 2_501, RULES)
    assert not needs_owner(Reason.PROTECTED, 90_000, RULES)


@pytest.mark.parametrize(
    ("household", "income", "part"),
    [
        (1, 2_000_000, 10_000), (1, 2_000_001, 5_000), (1, 3_000_000, 5_000), (1, 3_000_001, 0),
        (2, 3_000_000, 10_000), (7, 3_000_000, 10_000), (2, 3_000_001, 0),
    ],
)  # fmt: skip
def test_the_scale_is_read_the_same_for_everybody(household: int, income: int, part: int) -> None:
    scale = (Step(1, 2_000_000, 10_000), Step(1, 3_000_000, 5_000), Step(2, 3_000_000, 10_000))
    assert part_for(scale, household, income) == part
    assert part_for((), household, income) == 0


# --- overpayments ----------------------------------------------------------------------------------------


def test_the_clock_runs_sixty_days() -> None:
    clock = medicare_clock(date(2026, 9, 1))
    assert clock is not None
    assert (clock.return_by, clock.held_days) == (date(2026, 10, 31), 0)
    assert (clock.days_left(date(2026, 10, 31)), clock.days_left(date(2026, 11, 1))) == (0, -1)


@pytest.mark.parametrize(
    ("begins", "ends", "held"),
    [
        (0, 10, 10), (0, 180, 180), (0, 181, 180), (0, None, 180), (20, 30, 10), (20, None, 160), (60, 61, 1),
        (61, 90, 0), (-5, 10, 10),
    ],
)  # fmt: skip
def test_an_investigation_holds_the_clock_so_long_and_no_longer(begins: int, ends: int | None, held: int) -> None:
    known = date(2026, 1, 1)
    through = None if ends is None else known + timedelta(days=ends)
    clock = medicare_clock(known, known + timedelta(days=begins), through)
    assert clock is not None
    assert (clock.held_days, clock.return_by) == (held, known + timedelta(days=60 + held))


def test_before_2025_no_investigation_held_it_and_before_the_rule_there_was_no_day() -> None:
    last = medicare_clock(date(2024, 12, 31), date(2024, 12, 31), None)
    first = medicare_clock(date(2025, 1, 1), date(2025, 1, 1), None)
    assert last is not None
    assert first is not None
    assert (last.held_days, first.held_days) == (0, 180)
    assert medicare_clock(date(2016, 3, 13)) is None
