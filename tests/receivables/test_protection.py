"""A Qualified Medicare Beneficiary is one from the month in which it is told until something else is."""

from __future__ import annotations

from datetime import date

import pytest

from cleanclaim.receivables.protection import Told, is_protected_on

YES, NO = Told(date(2026, 3, 20), is_protected=True), Told(date(2026, 6, 2), is_protected=False)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 2, 28), None),
        (date(2026, 3, 1), True),  # of the month in which it was found out
        (date(2026, 5, 31), True),
        (date(2026, 6, 1), False),
        (date(2027, 1, 1), False),
    ],
)
def test_what_was_told_holds_from_its_month_on(day: date, expected: bool | None) -> None:  # noqa: FBT001 - three answers
    assert is_protected_on([NO, YES], day) is expected


def test_of_one_day_the_later_answer_counts_and_of_nothing_nothing_is_known() -> None:
    again = Told(YES.on, is_protected=False)

    assert (is_protected_on([YES, again], YES.on), is_protected_on([again, YES], YES.on)) == (False, True)
    assert is_protected_on([], YES.on) is None
