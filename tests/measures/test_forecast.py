"""The forecast of cash: counted by hand from small histories, and silent where there is too little."""

from __future__ import annotations

from datetime import date, timedelta

from cleanclaim.measures.forecast import PaidClaim, WaitingClaim, Week, forecast

TODAY = date(2026, 9, 25)


def paid(filed: date, lags: list[int], *, expected: int = 10_000, got: int = 10_000) -> list[PaidClaim]:
    return [PaidClaim("one", filed, filed + timedelta(days=lag), expected, got) for lag in lags]


def waits(days: int, cents: int | None = 10_000) -> WaitingClaim:
    return WaitingClaim("one", TODAY - timedelta(days=days), cents)


TWENTY = [10] * 10 + [17] * 5 + [24] * 5
"""Half of the payments after 10 days, a quarter after 17, a quarter after 24."""


def test_a_fresh_claim_is_spread_by_how_long_others_took() -> None:
    (found,) = forecast(paid(date(2026, 6, 1), TWENTY), [waits(0)], TODAY, weeks=4)

    # Day 10 lies in the second week, 17 in the third, 24 in the fourth.
    assert [week.cents for week in found.weeks] == [0, 5_000, 2_500, 2_500]
    assert [week.begins_on for week in found.weeks] == [TODAY + timedelta(days=7 * place) for place in range(4)]
    assert (found.answers, found.middle_lag, found.waiting, found.overdue, found.unpriced) == (20, 10, 1, 0, 0)


def test_what_has_waited_is_spread_over_those_that_took_longer() -> None:
    # After 10 days without payment only the later half is left: day 17 is in the first week, day 24 in the second.
    (found,) = forecast(paid(date(2026, 6, 1), TWENTY), [waits(10)], TODAY, weeks=2)
    assert [week.cents for week in found.weeks] == [5_000, 5_000]

    # One day less, and the payments of day 10 are still to come: tomorrow.
    (found,) = forecast(paid(date(2026, 6, 1), TWENTY), [waits(9)], TODAY, weeks=2)
    assert [week.cents for week in found.weeks] == [5_000, 2_500]


def test_a_week_ends_with_its_seventh_day() -> None:
    (found,) = forecast(paid(date(2026, 6, 1), [7] * 20), [waits(0)], TODAY, weeks=2)
    assert [week.cents for week in found.weeks] == [10_000, 0]
    (found,) = forecast(paid(date(2026, 6, 1), [8] * 20), [waits(0)], TODAY, weeks=2)
    assert [week.cents for week in found.weeks] == [0, 10_000]


def test_a_payer_that_pays_less_than_expected_is_expected_to_again() -> None:
    (found,) = forecast(paid(date(2026, 6, 1), [5] * 20, got=9_000), [waits(0)], TODAY, weeks=1)

    assert found.weeks == (Week(TODAY, 9_000, None, None),)


def test_what_has_waited_for_longer_than_any_or_has_no_price_is_in_no_week() -> None:
    (found,) = forecast(paid(date(2026, 6, 1), TWENTY), [waits(24), waits(23), waits(0, None)], TODAY, weeks=1)

    assert (found.waiting, found.overdue, found.unpriced, found.weeks[0].cents) == (3, 1, 1, 10_000)


def test_nineteen_payments_say_too_little() -> None:
    (found,) = forecast(paid(date(2026, 6, 1), TWENTY[:19]), [waits(0)], TODAY, weeks=4)

    assert (found.answers, found.middle_lag, found.weeks, found.overdue) == (19, None, (), 0)


def test_the_range_is_what_each_month_alone_would_say() -> None:
    months = [(date(2026, 4, 1), 5), (date(2026, 5, 1), 12), (date(2026, 6, 1), 5)]
    history = [one for filed, lag in months for one in paid(filed, [lag] * 20)]

    (found,) = forecast(history, [waits(0)], TODAY, weeks=2)

    # Two months pay all in the first week, one all in the second.
    assert found.weeks == (Week(TODAY, 6_667, 0, 10_000), Week(TODAY + timedelta(days=7), 3_333, 0, 10_000))
    (found,) = forecast(history[20:], [waits(0)], TODAY, weeks=1)
    assert (found.weeks[0].low_cents, found.weeks[0].high_cents) == (None, None)


def test_payers_are_forecast_apart_and_those_that_owe_nothing_not_at_all() -> None:
    other = [WaitingClaim("two", TODAY, 5_000)]
    found = forecast(paid(date(2026, 6, 1), TWENTY), other, TODAY, weeks=1)

    assert [(one.payer, one.answers, one.weeks) for one in found] == [("two", 0, ())]


def test_claims_together_are_forecast_as_each_alone() -> None:
    filed = [date(2026, month, 1) for month in (4, 5, 6)]
    alone = [one for day in filed for one in paid(day, TWENTY, got=9_000)]
    together = [
        PaidClaim("one", day, day + timedelta(days=lag), 10_000 * count, 9_000 * count, count)
        for day in filed
        for lag, count in ((10, 10), (17, 5), (24, 5))
    ]
    each = [*[waits(3, 3_333)] * 7, *[waits(30)] * 2, *[waits(5, None)] * 3]
    grouped = [
        WaitingClaim("one", TODAY - timedelta(days=days), cents, count)
        for days, cents, count in ((3, 3_333, 7), (30, 10_000, 2), (5, None, 3))
    ]
    (found,) = forecast(together, grouped, TODAY, weeks=6)
    assert [found] == forecast(alone, each, TODAY, weeks=6)
    assert (found.answers, found.waiting, found.overdue, found.unpriced) == (60, 12, 2, 3)
    assert [week.low_cents is not None for week in found.weeks] == [True] * 6
