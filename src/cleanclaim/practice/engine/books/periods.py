"""Closing the books: figures of the days, kept, and no transaction with a day among them from then on."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from cleanclaim.ledger.accounts import Account
from cleanclaim.practice import audit_trail
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.engine.ledger import ledger_rows
from cleanclaim.practice.models import Clinic, LedgerEntry, LedgerTransaction, Period, User


class NotClosedError(ValueError):
    """Books that cannot be closed or opened as asked; says why."""


def close(clinic: Clinic, user: User, ends_on: date, *, origin: str = "") -> Period:
    """Close the books up to and with a day. While they are closed, nobody writes into the ledger.

    Raises `NotClosedError` where the day is not over, they are closed so far already, or the ledger does not add up.
    """
    with transaction.atomic():
        ledger_rows.hold_books(clinic, alone=True)
        closed = ledger_rows.closed_through(clinic)
        if ends_on >= today_at(clinic):
            raise NotClosedError(f"{ends_on} is not over; expected a day before today")
        if closed is not None and ends_on <= closed:
            raise NotClosedError(f"the books are closed through {closed} already; expected a later day")
        figures = sums_between(None if closed is None else closed + timedelta(days=1), ends_on)
        if sum(figures.values()):
            raise NotClosedError("the accounts of these days do not add up to nothing; see cleanclaim ledger verify")
        row: Period = Period.objects.create(
            clinic=clinic,
            begins_on=None if closed is None else closed + timedelta(days=1),
            ends_on=ends_on,
            figures={account.value: cents for account, cents in figures.items()},
            last_transaction=LedgerTransaction.objects.order_by("created_at", "key").last(),
            closed_by=user,
        )
        audit_trail.record(
            clinic.id, user, "create", "period", row.pk, detail=f"closed through {ends_on}", origin=origin
        )
        return row


def reopen(clinic: Clinic, user: User, period_id: UUID, because: str, *, origin: str = "") -> Period:
    """Open the last closed days again; who did it and why is kept.

    Raises `NotClosedError` where it is not the last closing that stands, or no reason is given.
    """
    if not because.strip():
        raise NotClosedError("why is not said; expected a reason")
    with transaction.atomic():
        ledger_rows.hold_books(clinic, alone=True)
        last: Period | None = (
            Period.objects.select_for_update(of=("self",)).filter(reopened_at=None).order_by("-ends_on").first()
        )
        if last is None or last.pk != period_id:
            raise NotClosedError("only the last closing is opened again; later days first")
        last.reopened_by, last.reopened_at, last.reopened_because = user, timezone.now(), because.strip()[:200]
        last.save_if_unchanged(last.version, "reopened_by", "reopened_at", "reopened_because")
        detail = f"reopened from {last.begins_on or 'the beginning'} through {last.ends_on}"
        audit_trail.record(clinic.id, user, "change", "period", last.pk, detail=detail, origin=origin)
        return last


def sums_between(begins_on: date | None, ends_on: date) -> dict[Account, int]:
    """What each account moved from a day (or ever) through another, in cents; every account is named."""
    rows = LedgerEntry.objects.filter(transaction__on__lte=ends_on)
    if begins_on is not None:
        rows = rows.filter(transaction__on__gte=begins_on)
    found = dict.fromkeys(Account, 0)
    for row in rows.order_by().values("account").annotate(total=Sum("cents")):
        found[Account(row["account"])] = row["total"]
    return found
