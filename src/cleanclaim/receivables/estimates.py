"""Good faith estimates for patients who pay themselves: what they hold, when they are due, and what would break them.

An estimate is made from planned visits: on which days, which services and units, at what the clinic charges on each of
those days less its discount for whoever pays themselves. Recurring visits stand in one estimate of at most twelve
months, with their number and frequency. Deadlines count business days from scheduling or from a request.

What a regulator sets (days, months, the $400) is looked up by date; where there is no value there is no deadline, and
the answer says so. Nothing here knows a patient.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from cleanclaim.dates import Dated
from cleanclaim.money import divide
from cleanclaim.reference import values
from cleanclaim.reference.federal_holidays import add_business_days

_DAYS_A_WEEK = 7
_MONTHS_A_YEAR = 12
_WHOLE = 1_000
"""Tenths of a percent in a whole."""


class EstimateError(ValueError):
    """An estimate that cannot be made: names the code or the day, and what was expected."""


# --- what it holds -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PlannedService:
    """One service of each planned visit: its procedure code and units."""

    code: str
    units: int


@dataclass(frozen=True, slots=True)
class PlannedVisits:
    """Visits of one kind (`evaluation`, `treatment`, …) on their planned days, all with the same services."""

    kind: str
    days: tuple[date, ...]
    services: tuple[PlannedService, ...]


@dataclass(frozen=True, slots=True)
class ExpectedItem:
    """One service over the visits that have it at one price; a charge that changes meanwhile makes two items."""

    kind: str
    code: str
    units: int
    """Units of one visit."""
    visits: int
    unit_cents: int
    """What one unit is expected to cost, discount taken."""
    first_on: date
    last_on: date

    @property
    def cents(self) -> int:
        """What all of it is expected to cost."""
        return self.units * self.visits * self.unit_cents


@dataclass(frozen=True, slots=True)
class Estimate:
    """The expected charges of one provider for planned visits, in the order they were planned."""

    items: tuple[ExpectedItem, ...]
    begins_on: date
    ends_on: date
    visits: int

    @property
    def cents(self) -> int:
        """The total of expected charges: what a bill is held against."""
        return sum(item.cents for item in self.items)


def visit_days(begins_on: date, per_week: int, visits: int) -> tuple[date, ...]:
    """So many days from the first on, spread evenly over weeks of `per_week` visits.

    They stand for days that nobody has chosen yet: they decide how long the visits go on, and which charge holds.
    """
    if per_week < 1 or visits < 0:
        raise EstimateError(f"{visits} visits, {per_week} a week: expected 1 or more a week, and 0 visits or more")
    return tuple(begins_on + timedelta(days=_DAYS_A_WEEK * place // per_week) for place in range(visits))


def estimate(
    planned: Sequence[PlannedVisits],
    charge_on: Callable[[str, date], int | None],
    *,
    discount: int = 0,
) -> Estimate:
    """The estimate of planned visits.

    Args:
        planned: the visits, of each kind.
        charge_on: what the clinic charges for one unit of a code on a day, in cents; `None` where it has no charge.
        discount: tenths of a percent that whoever pays themselves is charged less; each unit is rounded to a cent.

    Raises:
        EstimateError: nothing is planned, a code has no charge on a day, or the visits go on for longer than one
            estimate may cover.
    """
    days = sorted(day for one in planned for day in one.days if one.services)
    if not days:
        raise EstimateError("expected at least one visit with a service")
    if not 0 <= discount < _WHOLE:
        raise EstimateError(f"a discount of {discount} tenths of a percent: expected 0 to {_WHOLE - 1}")
    latest = last_day(days[0])
    if latest is not None and days[-1] > latest:
        raise EstimateError(
            f"visits through {days[-1]}: expected at most through {latest}; later ones need their own estimate"
        )
    items = [item for one in planned for item in _items(one, charge_on, discount)]
    return Estimate(tuple(items), days[0], days[-1], len({*days}))


def _items(planned: PlannedVisits, charge_on: Callable[[str, date], int | None], discount: int) -> list[ExpectedItem]:
    found: list[ExpectedItem] = []
    for service in planned.services:
        if service.units < 1:
            raise EstimateError(f"{service.code}: {service.units} units; expected 1 or more")
        at: dict[int, list[date]] = {}
        for day in sorted(planned.days):
            cents = charge_on(service.code, day)
            if cents is None:
                raise EstimateError(f"{service.code}: no charge on {day}; expected one in the charge master")
            at.setdefault(divide(cents * (_WHOLE - discount), _WHOLE), []).append(day)
        found += [
            ExpectedItem(planned.kind, service.code, service.units, len(own), cents, own[0], own[-1])
            for cents, own in at.items()
        ]
    return found


def last_day(begins_on: date) -> date | None:
    """The last day that an estimate beginning on a day may cover; `None` where no limit is known."""
    months = values.on("estimate_recurring_months", begins_on).value
    return None if months is None else months_after(begins_on, months) - timedelta(days=1)


def months_after(day: date, months: int) -> date:
    """The same day so many months later; the last of that month where it has no such day."""
    index = day.year * _MONTHS_A_YEAR + day.month - 1 + months
    year, month = divmod(index, _MONTHS_A_YEAR)
    for back in range(4):
        try:
            return date(year, month + 1, day.day - back)
        except ValueError:
            continue
    raise AssertionError(day)


# --- when it is due ----------------------------------------------------------------------------------------


class Trigger(StrEnum):
    """What makes an estimate due."""

    SCHEDULED = "scheduled"
    """Care was scheduled: the estimate is owed unasked."""
    REQUESTED = "requested"
    """The patient asked for it, or asked what care would cost."""
    CHANGED = "changed"
    """What was estimated changed, or went on for longer."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last day to give an estimate; `None` where none is owed, or no rule is known, and `why` says which."""

    due_on: date | None
    why: str
    rule: Dated[int] | None = None
    """The number of business days that decided, with who says so."""


def deadline(trigger: Trigger, on: date, service_on: date | None = None) -> Deadline:
    """When the estimate is due.

    Args:
        trigger: what makes it due.
        on: the day of scheduling, of the request, or of the change.
        service_on: the first day of care; needed for what was scheduled, and for a change.
    """
    if trigger is Trigger.REQUESTED:
        return _after("estimate_request_answer_business_days", on, "after the request")
    if service_on is None:
        return Deadline(None, "the day of care is not known")
    if trigger is Trigger.CHANGED:
        rule = values.on("estimate_change_lead_business_days", on).dated
        if rule is None:
            return Deadline(None, f"no rule is known for {on}")
        due_on = add_business_days(service_on, -rule.value)
        return Deadline(due_on, f"{_days(rule.value)} before the next visit, after a change", rule)
    long_lead = values.on("estimate_long_lead_business_days", on).value
    short_lead = values.on("estimate_short_lead_business_days", on).value
    if long_lead is None or short_lead is None:
        return Deadline(None, f"no rule is known for {on}")
    if add_business_days(on, long_lead) <= service_on:
        return _after("estimate_long_lead_answer_business_days", on, f"after scheduling {long_lead} or more ahead")
    if add_business_days(on, short_lead) <= service_on:
        return _after("estimate_short_lead_answer_business_days", on, f"after scheduling {short_lead} or more ahead")
    return Deadline(None, f"scheduled less than {_days(short_lead)} ahead: owed where the patient asks")


def _after(name: str, on: date, words: str) -> Deadline:
    rule = values.on(name, on).dated
    if rule is None:
        return Deadline(None, f"no rule is known for {on}")
    return Deadline(add_business_days(on, rule.value), f"{_days(rule.value)} {words}", rule)


def _days(count: int) -> str:
    return f"{count} business day{'' if count == 1 else 's'}"


# --- whether the bill keeps to it --------------------------------------------------------------------------


class Standing(StrEnum):
    """How a provider's bill stands against its own estimate."""

    WITHIN = "within"
    NEAR = "near"
    """One more visit as planned would let the patient dispute the bill."""
    DISPUTABLE = "disputable"
    """The bill is above the estimate by so much that the patient may dispute it."""
    NO_DATA = "no data"
    """How much above may be disputed is not known for the day."""


@dataclass(frozen=True, slots=True)
class Watch:
    """What was billed in the estimate's time against what was estimated, all in cents."""

    expected_cents: int
    billed_cents: int
    next_cents: int
    """What one more visit as planned would cost."""
    excess_cents: int | None
    """How far above the estimate a bill may be disputed from; `None` where no value is known."""

    @property
    def left_cents(self) -> int | None:
        """What can still be billed before the bill may be disputed; below 0 where it may be already."""
        return None if self.excess_cents is None else self.expected_cents + self.excess_cents - self.billed_cents - 1

    @property
    def standing(self) -> Standing:
        """Where the bill stands: at the amount itself it may be disputed."""
        left = self.left_cents
        if left is None:
            return Standing.NO_DATA
        if left < 0:
            return Standing.DISPUTABLE
        return Standing.NEAR if self.next_cents > left else Standing.WITHIN


def watch(expected_cents: int, billed_cents: int, next_cents: int, on: date) -> Watch:
    """Hold what one provider has billed against its estimate, by the rule of a day.

    Args:
        expected_cents: the total of the provider's estimate.
        billed_cents: the charges billed to the patient for days of the estimate.
        next_cents: what one more visit as planned would cost; 0 where none is planned.
        on: the day of the bill.
    """
    return Watch(expected_cents, billed_cents, next_cents, values.on("estimate_dispute_excess", on).value)
