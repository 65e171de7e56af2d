"""Opening balances in the ledger: what was open in another system stands on a line of its own, of no claim."""

from __future__ import annotations

import hashlib
import json

from django.db import transaction

from cleanclaim.ledger import posting
from cleanclaim.ledger.entries import LedgerError, Source, reversal_of
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.engine.ledger import ledger_rows
from cleanclaim.practice.engine.ledger.patient_accounts import account_of
from cleanclaim.practice.models import Clinic, LedgerTransaction, OpeningBalance, User

SOURCE = "opening_balance"
"""The kind of source of what a balance writes."""
EARLIER_PAYER = "earlier"
"""The payer of a balance that payers owed in the other system, which does not say which of them."""


def line_of(row: OpeningBalance) -> str:
    """The key of the balance's line in the ledger."""
    return f"{ledger_rows.BROUGHT_FORWARD}:{row.pk}"


def bring_forward(clinic: Clinic, user: User, row: OpeningBalance) -> None:
    """Write a balance into the ledger, once.

    It takes effect on its own day, or on the first after it that is not closed. A patient's credit is theirs; what a
    payer was owed stands below zero. Raises `ClosedPeriodError` where it would have to be written after today.
    """
    if row.cents == 0:
        return
    key = f"{SOURCE}:{row.pk}"
    on = ledger_rows.open_day(clinic, row.as_of)
    source = Source(SOURCE, str(row.pk), digest_of(row))
    if row.owed_by == posting.PATIENT and row.cents < 0:
        made = posting.brought_forward_credit(key, on, source, str(row.patient_id), -row.cents)
    else:
        owed_by = posting.PATIENT if row.owed_by == posting.PATIENT else EARLIER_PAYER
        made = posting.brought_forward(key, on, source, line=line_of(row), owed_by=owed_by, cents=row.cents)
    with transaction.atomic():
        if not LedgerTransaction.objects.filter(key=key).exists():
            ledger_rows.write(clinic, user, [made])


def digest_of(row: OpeningBalance) -> str:
    """The SHA-256 of what a balance says, but for whose it is."""
    told = [row.as_of.isoformat(), row.owed_by, row.cents, row.reference]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def take_out(clinic: Clinic, user: User, row: OpeningBalance) -> None:
    """Take a balance back that was entered by mistake: its transaction is reversed, and its row removed.

    Raises `LedgerError` where something was paid, refunded or given up on it since, or its credit was used.
    """
    later = LedgerTransaction.objects.filter(entries__line=line_of(row)).exclude(source_kind=SOURCE)
    if later.filter(reverses=None, reversed_by=None).exists():
        raise LedgerError("brought_forward: something was written about this balance since; take that back first")
    written = LedgerTransaction.objects.filter(key=f"{SOURCE}:{row.pk}", reversed_by=None)
    source = Source(SOURCE, str(row.pk), digest_of(row))
    for item in ledger_rows.read(written.select_related("reverses").prefetch_related("entries")):
        ledger_rows.write(clinic, user, [reversal_of(item, f"{item.key}:taken_out", today_at(clinic), source)])
    if account_of(row.patient_id).credit_cents < 0:
        raise LedgerError("brought_forward: the credit was put onto lines since; take that back first")
    row.delete()
