"""Good faith estimates: the arithmetic, the deadlines on both sides of every boundary, and the $400 watch."""

from __future__ import annotations

from datetime import date

import pytest

from cleanclaim.receivables.estimates import (
    EstimateError,
    ExpectedItem,
    PlannedService,
    PlannedVisits,
    Standing,
    Trigger,
    deadline,
    estimate,
    last_day,
    visit_days,
    watch,
)
from cleanclaim.sources import Confidence

EXERCISE = PlannedService("97110", 2)
MANUAL = PlannedService("97140", 1)
EVALUATION = PlannedVisits("evaluation", (date(2026, 9, 28),), (PlannedService("97161", 1),))


def charges(code: str, day: date) -> int | None:
    """97110 goes from $60.00 to $65.00 with October; the others stay."""
    if code == "97110":
        return 6_000 if day < date(2026, 10, 1) else 6_500
    return {"97161": 15_000, "97140": 5_550}.get(code)


def test_visits_times_units_times_what_is_charged_on_each_day() -> None:
    # Two a week from Monday 2026-09-28: 9/28, 10/1, 10/5, 10/8.
    treated = PlannedVisits("treatment", visit_days(date(2026, 9, 28), 2, 4), (EXERCISE, MANUAL))

    found = estimate([EVALUATION, treated], charges)

    assert found.items == (
        ExpectedItem("evaluation", "97161", 1, 1, 15_000, date(2026, 9, 28), date(2026, 9, 28)),
        ExpectedItem("treatment", "97110", 2, 1, 6_000, date(2026, 9, 28), date(2026, 9, 28)),
        ExpectedItem("treatment", "97110", 2, 3, 6_500, date(2026, 10, 1), date(2026, 10, 8)),
        ExpectedItem("treatment", "97140", 1, 4, 5_550, date(2026, 9, 28), date(2026, 10, 8)),
    )
    # 150.00 + 2 × 60.00 + 3 × 2 × 65.00 + 4 × 55.50 = 150 + 120 + 390 + 222
    assert found.cents == 88_200
    assert (found.begins_on, found.ends_on, found.visits) == (date(2026, 9, 28), date(2026, 10, 8), 4)


def test_a_discount_is_taken_off_each_unit_and_rounded_there() -> None:
    # 12.5 % off 55.50 is 48.5625: 48.56 a unit, and four of them 194.24, not 194.25.
    found = estimate(
        [PlannedVisits("treatment", visit_days(date(2026, 9, 28), 2, 4), (MANUAL,))], charges, discount=125
    )

    assert (found.items[0].unit_cents, found.cents) == (4_856, 19_424)


def test_days_are_spread_over_the_weeks() -> None:
    assert visit_days(date(2026, 9, 28), 3, 7) == (
        date(2026, 9, 28), date(2026, 9, 30), date(2026, 10, 2),
        date(2026, 10, 5), date(2026, 10, 7), date(2026, 10, 9), date(2026, 10, 12),
    )  # fmt: skip
    assert visit_days(date(2026, 9, 28), 1, 0) == ()


@pytest.mark.parametrize(
    ("planned", "discount", "says"),
    [
        ([], 0, "expected at least one visit with a service"),
        ([PlannedVisits("treatment", (date(2026, 9, 28),), ())], 0, "expected at least one visit with a service"),
        (
            [PlannedVisits("t", (date(2026, 9, 28),), (PlannedService("97150", 1),))],
            0,
            "97150: no charge on 2026-09-28",
        ),
        ([PlannedVisits("t", (date(2026, 9, 28),), (PlannedService("97140", 0),))], 0, "97140: 0 units"),
        ([EVALUATION], 1_000, "1000 tenths of a percent"),
        ([EVALUATION], -1, "-1 tenths of a percent"),
    ],
)
def test_what_cannot_be_estimated_is_refused(planned: list[PlannedVisits], discount: int, says: str) -> None:
    with pytest.raises(EstimateError, match=says):
        estimate(planned, charges, discount=discount)


def test_one_estimate_covers_twelve_months_and_no_day_more() -> None:
    begin = date(2026, 9, 28)
    assert last_day(begin) == date(2027, 9, 27)
    assert last_day(date(2024, 2, 29)) == date(2025, 2, 27)
    assert last_day(date(2021, 12, 31)) is None

    whole = PlannedVisits("treatment", (begin, date(2027, 9, 27)), (MANUAL,))
    beyond = PlannedVisits("treatment", (begin, date(2027, 9, 28)), (MANUAL,))
    assert estimate([whole], charges).cents == 11_100
    with pytest.raises(EstimateError, match="at most through 2027-09-27"):
        estimate([beyond], charges)


# Scheduled on Tuesday 2026-09-01. Labor Day is Monday the 7th, so the third business day after is Friday the 4th and
# the tenth Wednesday the 16th.
SCHEDULED = date(2026, 9, 1)


@pytest.mark.parametrize(
    ("service_on", "due_on", "why"),
    [
        (date(2026, 9, 3), None, "scheduled less than 3 business days ahead: owed where the patient asks"),
        (date(2026, 9, 4), date(2026, 9, 2), "1 business day after scheduling 3 or more ahead"),
        (date(2026, 9, 15), date(2026, 9, 2), "1 business day after scheduling 3 or more ahead"),
        (date(2026, 9, 16), date(2026, 9, 4), "3 business days after scheduling 10 or more ahead"),
        (None, None, "the day of care is not known"),
    ],
)
def test_the_lead_decides_how_soon(service_on: date | None, due_on: date | None, why: str) -> None:
    found = deadline(Trigger.SCHEDULED, SCHEDULED, service_on)

    assert (found.due_on, found.why) == (due_on, why)


def test_a_request_is_answered_in_three_business_days() -> None:
    found = deadline(Trigger.REQUESTED, date(2026, 9, 3))

    # Thursday; Friday 1, Labor Day is none, Tuesday 2, Wednesday 3.
    assert (found.due_on, found.why) == (date(2026, 9, 9), "3 business days after the request")
    assert found.rule is not None
    assert (found.rule.value, found.rule.source.confidence) == (3, Confidence.SECONDARY)


def test_a_change_is_estimated_anew_a_business_day_before_the_visit() -> None:
    assert deadline(Trigger.CHANGED, SCHEDULED, date(2026, 9, 8)).due_on == date(2026, 9, 4)
    assert deadline(Trigger.CHANGED, SCHEDULED).due_on is None


@pytest.mark.parametrize("trigger", list(Trigger))
def test_before_the_law_nothing_is_known(trigger: Trigger) -> None:
    found = deadline(trigger, date(2021, 12, 31), date(2022, 2, 1))

    assert (found.due_on, found.why) == (None, "no rule is known for 2021-12-31")
    assert deadline(trigger, date(2022, 1, 1), date(2022, 2, 1)).due_on is not None


@pytest.mark.parametrize(
    ("billed", "following", "left", "standing"),
    [
        (0, 10_000, 139_999, Standing.WITHIN),
        (100_000, 39_999, 39_999, Standing.WITHIN),
        (100_000, 40_000, 39_999, Standing.NEAR),
        (139_999, 0, 0, Standing.WITHIN),
        (139_999, 1, 0, Standing.NEAR),
        (140_000, 0, -1, Standing.DISPUTABLE),
    ],
)
def test_four_hundred_dollars_above_may_be_disputed(billed: int, following: int, left: int, standing: Standing) -> None:
    found = watch(100_000, billed, following, date(2026, 9, 25))

    assert (found.left_cents, found.standing) == (left, standing)


def test_without_a_rule_the_bill_stands_nowhere() -> None:
    found = watch(100_000, 500_000, 0, date(2021, 12, 31))

    assert (found.left_cents, found.standing) == (None, Standing.NO_DATA)
