"""Whether a clinic's ledger holds: every transaction, every line, every document behind it, and the cash.

Four questions are asked of what is in the database, none of which trusts the answer of another: is each transaction
what was written (its digest), and do lines and reversals add up; do the sums that the database makes itself come to
nothing; does each document say the cash that the ledger says of it, and is it the document that was digested; is the
cash posted what was deposited and what was not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Count, Sum

from cleanclaim.ledger.accounts import CASH_ACCOUNTS
from cleanclaim.ledger.book import Fault
from cleanclaim.ledger.entries import Kind
from cleanclaim.practice import tenancy
from cleanclaim.practice.engine.books.deposits import cash_by_document, deposited_by_document
from cleanclaim.practice.engine.books.periods import sums_between
from cleanclaim.practice.engine.follow_up.balance_moves import digest_of as moved
from cleanclaim.practice.engine.ledger import ledger_rows
from cleanclaim.practice.engine.ledger.receipts import digest_of
from cleanclaim.practice.models import (
    BalanceMove,
    Batch,
    Clinic,
    Deposit,
    LedgerEntry,
    LedgerTransaction,
    Period,
    Receipt,
    Refund,
    RefundState,
    Remittance,
)


@dataclass(slots=True)
class Verified:
    """What was looked at and found: counts, cash in cents, and every place where something does not hold."""

    clinic: str
    transactions: int = 0
    lines: int = 0
    cash_cents: int = 0
    deposited_cents: int = 0
    undeposited_cents: int = 0
    faults: list[Fault] = field(default_factory=list)


def verify_all(slug: str = "") -> list[Verified]:
    """Verify the ledger of every clinic, or of the one of that short name; each in a scope of its own."""
    rows = Clinic.objects.filter(slug=slug) if slug else Clinic.objects.order_by("slug")
    found = []
    for clinic in rows:
        with transaction.atomic(), tenancy.scope([clinic.pk]):
            found.append(verify(clinic))
    return found


def verify(clinic: Clinic) -> Verified:
    """Verify a clinic's ledger; the clinic is in scope."""
    found = Verified(clinic.slug)
    found.transactions = LedgerTransaction.objects.count()
    found.lines = LedgerEntry.objects.exclude(line="").values("line").distinct().count()
    found.faults = [
        *ledger_rows.faults(clinic), *_sums(), *_documents(), *_periods()
    ]  # fmt: skip
    cash, deposited = cash_by_document(), deposited_by_document()
    found.cash_cents, found.deposited_cents = sum(cash.values()), sum(deposited.values())
    found.undeposited_cents = sum(cash.get(key, 0) - deposited.get(key, 0) for key in {*cash, *deposited})
    total = sum(cents for account, cents in ledger_rows.totals().items() if account in CASH_ACCOUNTS)
    if total != found.cash_cents:
        found.faults.append(Fault("", f"cash of {total - found.cash_cents} cents comes from no receipt or payment"))
    on_slips = int(Deposit.objects.aggregate(total=Sum("cents"))["total"] or 0)
    if on_slips != found.deposited_cents:
        found.faults.append(Fault("", f"deposits of {on_slips} cents hold documents of {found.deposited_cents}"))
    return found


def _sums() -> Iterator[Fault]:
    """Transactions whose entries of a line do not come to nothing, and entries in none, as the database adds."""
    rows = LedgerEntry.objects.order_by().values("transaction__key", "line").annotate(total=Sum("cents"))
    for row in rows.exclude(total=0):
        yield Fault(row["transaction__key"], f"the entries of one of its lines add up to {row['total']} cents")
    empty = LedgerTransaction.objects.annotate(count=Count("entries")).filter(count=0)
    for key in empty.order_by("key").values_list("key", flat=True):
        yield Fault(key, "the transaction has no entries")


def _documents() -> Iterator[Fault]:
    """Documents that the ledger says other cash of than they do, or that are not what was digested."""
    cash = cash_by_document()
    for receipt in Receipt.objects.select_related("patient").order_by("number"):
        expected = 0 if receipt.voided_at is not None else receipt.cents
        if cash.get(("receipt", receipt.pk), 0) != expected:
            yield Fault(f"receipt {receipt.number}", f"the ledger's cash is not the receipt's {expected} cents")
        if digest_of(receipt, receipt.patient) != receipt.digest:
            yield Fault(f"receipt {receipt.number}", "the receipt is not what was written")
    for payment in Remittance.objects.order_by("created_at"):
        expected = 0 if payment.unposted_at is not None else payment.amount_cents
        if cash.get(("remittance", payment.pk), 0) != expected:
            yield Fault(f"payment {payment.pk}", f"the ledger's cash is not the payment's {expected} cents")
    for refund in Refund.objects.order_by("created_at"):
        expected = -refund.cents if refund.state == RefundState.SENT.value else 0
        if cash.get(("refund", refund.pk), 0) != expected:
            yield Fault(f"refund {refund.pk}", f"the ledger's cash is not the refund's {expected} cents")
    yield from _sources()


def _sources() -> Iterator[Fault]:
    """Transactions whose source is not there, or is another than was digested."""
    known = {
        "batch": dict(Batch.objects.values_list("pk", "sha256")),
        "receipt": dict(Receipt.objects.values_list("pk", "digest")),
        "remittance": dict(Remittance.objects.values_list("pk", "file__sha256")),
        "refund": dict(Refund.objects.values_list("pk", "digest")),
        "balance_move": {row.pk: moved(row) for row in BalanceMove.objects.defer("because")},
    }
    rows = LedgerTransaction.objects.filter(source_kind__in=list(known)).order_by("created_at", "key")
    by_text = {kind: {str(key): digest for key, digest in some.items()} for kind, some in known.items()}
    columns = ("key", "source_kind", "source_key", "source_digest")
    for key, kind, source, digest in rows.values_list(*columns).iterator(chunk_size=2000):
        if by_text[kind].get(source) != digest:
            yield Fault(key, f"its {kind} is not there, or is another than when it was written")
    for key in LedgerTransaction.objects.filter(source_digest="").order_by("key").values_list("key", flat=True):
        yield Fault(key, "its source has no digest")
    lone = LedgerTransaction.objects.filter(kind=Kind.REVERSED.value, reverses=None)
    for key in lone.order_by("key").values_list("key", flat=True):
        yield Fault(key, "it takes back nothing")


def _periods() -> Iterator[Fault]:
    """Closed days whose figures are no longer those that were closed."""
    for period in Period.objects.filter(reopened_at=None).order_by("ends_on"):
        now = sums_between(period.begins_on, period.ends_on)
        if {account.value: cents for account, cents in now.items()} != period.figures:
            yield Fault(f"period through {period.ends_on}", "the ledger of these days is not what was closed")
