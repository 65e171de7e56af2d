"""Legal public holidays: each on its day, the days kept instead, and business days over them."""

from __future__ import annotations

from datetime import date

import pytest

from cleanclaim.reference.federal_holidays import add_business_days, holidays, is_business_day, kept_in


def test_every_holiday_of_a_year() -> None:
    # The list of the Office of Personnel Management for 2026; July 4 is a Saturday, kept on Friday the 3rd.
    assert sorted(kept_in(2026)) == [
        date(2026, 1, 1), date(2026, 1, 19), date(2026, 2, 16), date(2026, 5, 25), date(2026, 6, 19), date(2026, 7, 3),
        date(2026, 9, 7), date(2026, 10, 12), date(2026, 11, 11), date(2026, 11, 26), date(2026, 12, 25),
    ]  # fmt: skip
    assert len(holidays()) == 11


def test_a_sunday_is_kept_on_monday_and_new_years_saturday_in_the_year_before() -> None:
    # 2022-01-01 was a Saturday: kept on 2021-12-31. 2022-12-25 and 2023-01-01 were Sundays: kept on Mondays.
    assert date(2021, 12, 31) in kept_in(2021)
    assert date(2022, 1, 1) not in kept_in(2022)
    assert (date(2022, 12, 26) in kept_in(2022), date(2023, 1, 2) in kept_in(2023)) == (True, True)


def test_juneteenth_begins_with_its_law() -> None:
    # 2020-06-19 was a Friday, before the law; 2021-06-19 a Saturday, kept on the 18th.
    assert (is_business_day(date(2020, 6, 19)), is_business_day(date(2021, 6, 18))) == (True, False)


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (date(2026, 9, 25), 1, date(2026, 9, 28)),  # Friday to Monday
        (date(2026, 9, 26), 1, date(2026, 9, 28)),  # from a Saturday
        (date(2026, 9, 4), 3, date(2026, 9, 10)),  # over Labor Day, 2026-09-07
        (date(2026, 11, 24), 3, date(2026, 11, 30)),  # over Thanksgiving
        (date(2026, 9, 8), -1, date(2026, 9, 4)),  # back over Labor Day
        (date(2026, 9, 26), 0, date(2026, 9, 26)),
    ],
)
def test_business_days_leave_out_weekends_and_holidays(day: date, count: int, expected: date) -> None:
    assert add_business_days(day, count) == expected
