"""Invoices of a billing company to a clinic: collections by the ledger, shares by the dated rate, kept as issued."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q, Sum

from cleanclaim.ledger.accounts import Account
from cleanclaim.ledger.entries import Kind
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.engine.judging.notice_numbers import take_number
from cleanclaim.practice.engine.judging.records import clinic_record
from cleanclaim.practice.models import BillingRate, Clinic, Invoice, LedgerEntry, User
from cleanclaim.practice.sealing import Plain
from cleanclaim.receivables.invoices import Collected, InvoiceError, InvoicePart, Rate, parts


def collected(first: date, last: date) -> list[Collected]:
    """What was collected on each day of a span, of the clinics in scope.

    A payer's cash without a line is interest, an adjustment of the payer's, or not placed yet: no collection. A
    patient's without one is their credit, which was collected.
    """
    cash = Q(account=Account.PAYER_CASH.value) & ~Q(line="") | Q(account=Account.PATIENT_CASH.value)
    rows = LedgerEntry.objects.filter(cash, transaction__on__range=(first, last)).order_by()
    posted: dict[date, int] = defaultdict(int)
    refunded: dict[date, int] = defaultdict(int)
    for row in rows.values("transaction__on", "transaction__kind").annotate(total=Sum("cents")):
        if row["transaction__kind"] == Kind.REFUND.value:
            refunded[row["transaction__on"]] -= row["total"]
        else:
            posted[row["transaction__on"]] += row["total"]
    return [Collected(day, posted[day], refunded[day]) for day in sorted({*posted, *refunded})]


def rates() -> list[Rate]:
    """The rates of the clinic in scope, the earliest first."""
    rows = BillingRate.objects.order_by("valid_from")
    return [Rate(row.rate_e4, row.valid_from, row.valid_through) for row in rows]


@transaction.atomic
def agree(clinic: Clinic, user: User, rate_e4: int, valid_from: date) -> BillingRate:
    """Agree on a rate from a day on; the one before it ends the day before.

    Raises:
        InvoiceError: a rate begins on that day or later, or an invoice was issued for it.
    """
    later = BillingRate.objects.select_for_update().filter(valid_from__gte=valid_from).first()
    if later is not None:
        raise InvoiceError(f"a rate begins on {later.valid_from}; expected a later day")
    if Invoice.objects.filter(ends_on__gte=valid_from).exists():
        raise InvoiceError(f"an invoice was issued for {valid_from} or later; expected a day after it")
    for row in BillingRate.objects.select_for_update().filter(valid_through=None):
        row.valid_through = valid_from - timedelta(days=1)
        row.save_if_unchanged(row.version, "valid_through")
    made: BillingRate = BillingRate.objects.create(
        clinic=clinic, rate_e4=rate_e4, valid_from=valid_from, agreed_by=user
    )
    return made


def month_of(day: date) -> tuple[date, date]:
    """The first and last day of a day's month."""
    first = day.replace(day=1)
    return first, (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def asked(first: date, last: date) -> list[InvoicePart]:
    """What an invoice of these days would ask. Raises `InvoiceError`."""
    return parts(collected(first, last), rates(), first, last)


def issue(clinic: Clinic, user: User, first: date) -> Invoice:
    """Issue the invoice of a month that is over; it is kept as it was issued.

    Raises:
        InvoiceError: the month is not over, was invoiced before, or no rate holds on a day of it.
        FormNotPrintableError: a name has letters that the page cannot hold.
    """
    from cleanclaim.forms.invoice import InvoiceLetter, InvoiceRow, render_invoice  # noqa: PLC0415 - loads slowly

    begins, ends = month_of(first)
    today = today_at(clinic)
    if ends >= today:
        raise InvoiceError(f"the month ends on {ends}; expected one that is over")
    with transaction.atomic():
        number = f"I-{take_number(clinic, 'next_invoice'):05d}"
        if Invoice.objects.filter(begins_on=begins).exists():
            raise InvoiceError(f"the month of {begins} was invoiced before")
        made = asked(begins, ends)
        rows = [
            InvoiceRow(one.begins_on, one.ends_on, one.posted_cents, one.refunded_cents, one.rate_e4, one.fee_cents)
            for one in made
        ]
        data = render_invoice(
            InvoiceLetter(
                number, today, clinic.company.name, clinic.name,
                clinic_record(clinic, (), (), (), today).organization.address, begins, ends, rows,
            )
        )  # fmt: skip
        row: Invoice = Invoice.objects.create(
            clinic=clinic, number=number, begins_on=begins, ends_on=ends, issued_on=today,
            parts=[
                [str(one.begins_on), str(one.ends_on), one.posted_cents, one.refunded_cents, one.rate_e4, one.fee_cents]
                for one in made
            ],
            collected_cents=sum(one.collected_cents for one in made), fee_cents=sum(one.fee_cents for one in made),
            content=Plain(data), sha256=hashlib.sha256(data).hexdigest(), made_by=user,
        )  # fmt: skip
    return row
