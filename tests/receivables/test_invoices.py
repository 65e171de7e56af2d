"""Invoices of a billing company: shares by rate, both sides of a change of rate, refunds, and days without a rate."""

from __future__ import annotations

from datetime import date

import pytest

from cleanclaim.receivables.invoices import Collected, InvoiceError, InvoicePart, Rate, parts

FIRST, LAST = date(2026, 9, 1), date(2026, 9, 30)
SIX = Rate(600, date(2026, 1, 1), date(2026, 9, 15))
FIVE = Rate(500, date(2026, 9, 16), None)


def test_a_month_at_one_rate() -> None:
    (part,) = parts(
        [Collected(FIRST, 100_000, 0), Collected(LAST, 50_010, 10_000), Collected(date(2026, 10, 1), 9_900, 0)],
        [Rate(600, date(2026, 1, 1), None)], FIRST, LAST,
    )  # fmt: skip

    # 1,500.10 less 100.00 is 1,400.10; 6 % is 84.006, rounded once.
    assert part == InvoicePart(FIRST, LAST, 150_010, 10_000, 600)
    assert (part.collected_cents, part.fee_cents) == (140_010, 8_401)


def test_a_rate_that_changes_within_the_month_makes_two_parts() -> None:
    found = parts(
        [Collected(date(2026, 9, 15), 10_000, 0), Collected(date(2026, 9, 16), 10_000, 0)], [SIX, FIVE], FIRST, LAST
    )

    assert [(one.begins_on, one.ends_on, one.fee_cents) for one in found] == [
        (FIRST, date(2026, 9, 15), 600), (date(2026, 9, 16), LAST, 500),
    ]  # fmt: skip


def test_more_given_back_than_came_in_is_owed_to_the_clinic() -> None:
    (part,) = parts([Collected(FIRST, 0, 10_050)], [Rate(500, FIRST, None)], FIRST, LAST)

    assert part.fee_cents == -503  # 5.025, half away from zero


@pytest.mark.parametrize(
    ("rates", "says"),
    [
        ([], "no rate is agreed on 2026-09-01"),
        ([SIX], "no rate is agreed on 2026-09-16"),
        ([SIX, Rate(700, date(2026, 9, 15), None)], "2 rates hold on 2026-09-15"),
        ([Rate(500, date(2026, 9, 2), None)], "no rate is agreed on 2026-09-01"),
    ],
)
def test_each_day_has_one_rate(rates: list[Rate], says: str) -> None:
    with pytest.raises(InvoiceError, match=says):
        parts([], rates, FIRST, LAST)
