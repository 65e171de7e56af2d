"""What payers will pay in the next weeks: each payer's own lag from claim to payment, laid over what waits.

Nothing is fitted. Of the claims that a payer has paid, the lag in days from going out to the first payment is counted;
a claim that has waited so many days is expected to be paid in a week with the share of those which took longer that
were paid in that week. What a payer pays is what was expected of it, times what it has paid of what was expected
before. The range is what each past month, taken alone, would have forecast: its lowest and its highest. Where there is
too little history nothing is forecast, and the answer says so.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from cleanclaim.money import divide

LEAST_ANSWERS = 20
"""Payments below which a payer's history, or one month of it, says too little: our own choice."""
LEAST_MONTHS = 3
"""Months, each with enough payments, below which no range is given: our own choice."""
_DAYS_A_WEEK = 7


@dataclass(frozen=True, slots=True)
class PaidClaim:
    """A claim that was paid: when it went out, when it was first paid, what was expected, and what came, in cents.

    Or `claims` claims that went out on one day and were paid on one, with the cents of all of them.
    """

    payer: str
    filed_on: date
    paid_on: date
    expected_cents: int
    paid_cents: int
    claims: int = 1

    @property
    def lag(self) -> int:
        """Days from going out to the first payment."""
        return max(0, (self.paid_on - self.filed_on).days)


@dataclass(frozen=True, slots=True)
class WaitingClaim:
    """A claim that went out and has no answer, and what its payer is expected to pay; `None` where nobody knows.

    Or `claims` claims that went out on one day, of each of which so much is expected.
    """

    payer: str
    filed_on: date
    expected_cents: int | None
    claims: int = 1


@dataclass(frozen=True, slots=True)
class Week:
    """What is expected in one week, in cents, and between what; no range where the history is too short for one."""

    begins_on: date
    cents: int
    low_cents: int | None
    high_cents: int | None


@dataclass(frozen=True, slots=True)
class PayerForecast:
    """The forecast of one payer; `weeks` is empty where it has too little history.

    `waiting` claims wait in all; of these `overdue` have waited for longer than any was ever paid after, and `unpriced`
    have no expected amount: both are in no week.
    """

    payer: str
    answers: int
    middle_lag: int | None
    """Days within which half of the payments came."""
    waiting: int
    overdue: int
    unpriced: int
    weeks: tuple[Week, ...]


def forecast(
    paid: Iterable[PaidClaim], waiting: Iterable[WaitingClaim], today: date, *, weeks: int
) -> list[PayerForecast]:
    """The forecast of each payer that owes an answer, by its key; weeks begin today."""
    history: dict[str, list[PaidClaim]] = defaultdict(list)
    for one in paid:
        if one.expected_cents > 0:
            history[one.payer].append(one)
    open_ones: dict[str, list[WaitingClaim]] = defaultdict(list)
    for claim in waiting:
        open_ones[claim.payer].append(claim)
    return [_of_payer(payer, history[payer], own, today, weeks) for payer, own in sorted(open_ones.items())]


@dataclass(frozen=True, slots=True)
class _Habit:
    """How a payer pays: its lags in order, and what it has paid of what was expected."""

    lags: tuple[int, ...]
    paid_cents: int
    expected_cents: int

    @classmethod
    def of(cls, paid: Sequence[PaidClaim]) -> _Habit:
        return cls(
            tuple(sorted(one.lag for one in paid for _each in range(one.claims))),
            sum(one.paid_cents for one in paid),
            sum(one.expected_cents for one in paid),
        )

    def longer_than(self, days: int) -> int:
        """How many payments took longer."""
        return len(self.lags) - bisect_right(self.lags, days)

    def within(self, age: int, week: int, cents: int) -> int:
        """What of a claim that has waited `age` days is expected in a week counted from 0; 0 where none took longer."""
        left = self.longer_than(age)
        if not left:
            return 0
        # Paid on a later day than today: the week's days are age + 1 to age + 7.
        begins = age + _DAYS_A_WEEK * week
        inside = self.longer_than(begins) - self.longer_than(begins + _DAYS_A_WEEK)
        return divide(cents * inside * self.paid_cents, left * self.expected_cents)


def _of_payer(
    payer: str, paid: Sequence[PaidClaim], waiting: Sequence[WaitingClaim], today: date, weeks: int
) -> PayerForecast:
    whole = _Habit.of(paid)
    known = [
        ((today - one.filed_on).days, one.expected_cents, one.claims)
        for one in waiting
        if one.expected_cents is not None
    ]
    answers = sum(one.claims for one in paid)
    has_history = answers >= LEAST_ANSWERS
    by_month: dict[tuple[int, int], list[PaidClaim]] = defaultdict(list)
    for one in paid:
        by_month[one.filed_on.year, one.filed_on.month].append(one)
    months = [_Habit.of(own) for own in by_month.values() if sum(one.claims for one in own) >= LEAST_ANSWERS]
    listed = []
    for week in range(weeks if has_history else 0):
        each = [sum(habit.within(age, week, cents) * count for age, cents, count in known) for habit in months]
        cents = sum(whole.within(age, week, cents) * count for age, cents, count in known)
        has_range = len(each) >= LEAST_MONTHS
        listed.append(
            Week(
                date.fromordinal(today.toordinal() + _DAYS_A_WEEK * week),
                cents,
                min(*each, cents) if has_range else None,
                max(*each, cents) if has_range else None,
            )
        )
    return PayerForecast(
        payer=payer,
        answers=answers,
        middle_lag=whole.lags[(len(whole.lags) - 1) // 2] if has_history else None,
        waiting=sum(one.claims for one in waiting),
        overdue=sum(count for age, _cents, count in known if not whole.longer_than(age)) if has_history else 0,
        unpriced=sum(one.claims for one in waiting if one.expected_cents is None),
        weeks=tuple(listed),
    )
