"""Interest of payers that pay late: the day it begins, the rate of the day of payment, and where nobody knows it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from cleanclaim.receivables.late_payment import interest_due
from cleanclaim.reference import payers

RECEIVED = date(2025, 3, 3)


@pytest.mark.parametrize(
    ("waited", "expected"),
    [(29, None), (30, None), (31, (1, 13)), (60, (30, 380))],
)
def test_medicare_owes_from_the_thirty_first_day(waited: int, expected: tuple[int, int | None] | None) -> None:
    found = interest_due("medicare_b", 100_000, RECEIVED, RECEIVED + timedelta(waited))
    # 1,000.00 x 4.625 % x 1 / 365 = 0.1267, x 30 = 3.8014
    assert (None if found is None else (found.days, found.cents)) == expected


@pytest.mark.parametrize(
    ("paid", "percent"),
    [
        (date(2022, 6, 30), "1.625"), (date(2022, 7, 1), "4"), (date(2024, 12, 31), "4.875"),
        (date(2025, 6, 30), "4.625"), (date(2025, 7, 1), ""),
    ],
)  # fmt: skip
def test_the_rate_is_that_of_the_day_of_payment(paid: date, percent: str) -> None:
    found = interest_due("medicare_b", 100_000, paid - timedelta(40), paid)
    assert found is not None
    assert (found.days, found.percent, found.cents is None) == (10, percent, percent == "")


def test_a_leap_year_has_a_day_more() -> None:
    found = interest_due("medicare_b", 1_000_000, date(2024, 1, 1), date(2024, 12, 31))
    # 10,000.00 x 4.875 % x 335 / 366
    assert found is not None
    assert (found.days, found.cents) == (335, 44_621)


@pytest.mark.parametrize(
    ("payer", "cents", "received", "paid"),
    [
        ("aetna", 100, RECEIVED, date(2026, 1, 1)), ("", 100, RECEIVED, date(2026, 1, 1)),
        ("medicare_b", 0, RECEIVED, date(2026, 1, 1)), ("medicare_b", 100, None, date(2026, 1, 1)),
        ("medicare_b", 100, RECEIVED, None),
    ],
)  # fmt: skip
def test_nothing_is_told_where_nothing_is_known_or_paid(
    payer: str, cents: int, received: date | None, paid: date | None
) -> None:
    assert interest_due(payer, cents, received, paid) is None


def test_a_payer_file_of_the_clinics_own_states_its_rate() -> None:
    text = """id = "state_plan"
label = "State Plan"
kind = "commercial"
filing_indicator = "CI"
filing_indicator_confidence = "seen"
fictional = true

[sources.law]
publisher = "A state"
title = "Prompt payment law"
section = "interest"
read_on = 2026-11-21

[[settings.late_interest.values]]
value = { after_days = 45, percent = "12" }
source = "law"
"""
    pack = payers.parse_pack("state_plan.toml", text)
    found = interest_due("state_plan", 73_000, date(2026, 1, 1), date(2026, 2, 25), [pack])
    assert found is not None
    assert (found.days, found.percent, found.cents) == (10, "12", 240)
