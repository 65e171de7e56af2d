"""Payment plans: what a patient agreed to pay in parts, what is due next, and whether it was kept."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

from django.db.models import Sum

from cleanclaim.practice.models import PaymentPlan

_WEEK = timedelta(days=7)


def due_dates(plan: PaymentPlan) -> list[tuple[date, int]]:
    """The day and the cents of each installment; the last is what is left."""
    found, left, count = [], plan.total_cents, 0
    while left > 0:
        cents = min(left, plan.installment_cents)
        found.append((_day(plan, count), cents))
        left, count = left - cents, count + 1
    return found


def _day(plan: PaymentPlan, count: int) -> date:
    if plan.every == "week":
        return plan.first_due_on + count * _WEEK
    month = plan.first_due_on.month - 1 + count
    year, month = plan.first_due_on.year + month // 12, month % 12 + 1
    return date(year, month, min(plan.first_due_on.day, calendar.monthrange(year, month)[1]))


def paid_cents(plan: PaymentPlan) -> int:
    """What was paid by the plan."""
    total = plan.receipts.filter(voided_at=None).aggregate(total=Sum("cents"))["total"]
    return int(total or 0)


def next_installment(plan: PaymentPlan, on: date) -> tuple[int, date] | None:
    """What is to be paid next: what is behind and what falls due next, by the day of the latter; `None` when all is."""
    left = paid_cents(plan)
    asked = 0
    for day, cents in due_dates(plan):
        covered = min(left, cents)
        left -= covered
        asked += cents - covered
        if asked and day >= on:
            return asked, day
    return (asked, on) if asked else None


def behind_cents(plan: PaymentPlan, on: date) -> int:
    """What of the installments that fell due before a day is not paid."""
    due = sum(cents for day, cents in due_dates(plan) if day < on)
    return max(0, due - paid_cents(plan))
