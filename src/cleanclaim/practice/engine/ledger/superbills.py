"""A superbill with what the ledger says was paid on it: each payment with its day and means, and what was given up."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Sum

from cleanclaim.forms.superbill import Payment
from cleanclaim.ledger.accounts import Account
from cleanclaim.ledger.entries import Kind
from cleanclaim.lines.cases import CASH
from cleanclaim.practice.engine.judging.notice_spans import choices_not_to_use, is_covered, notices_on, signed_notices
from cleanclaim.practice.engine.ledger.receipts import RECEIPT
from cleanclaim.practice.models import Claim, LedgerEntry, LedgerTransaction, Receipt
from cleanclaim.records import NoticeChoice

_PAID = (Account.PATIENT_CASH.value, Account.PATIENT_CREDIT.value)
_WORDS = {
    Kind.PATIENT_ALLOCATION.value: "from credit",
    Kind.PATIENT_PAYMENT.value: "",
}


@dataclass(frozen=True, slots=True)
class Settled:
    """What was paid on a claim, in the order of its days, and what of it was given up, in cents.

    `payments` is `None` where the claim is not in the ledger: then nobody has said what was paid.
    """

    payments: tuple[Payment, ...] | None
    given_up_cents: int = 0


def is_chosen(claim: Claim) -> bool:
    """Whether the patient has chosen in writing that no plan is billed for it: by a notice, or not to use insurance."""
    day = claim.date_of_service
    if claim.is_patients_own:
        return True
    if claim.payer != CASH:
        return False
    if is_covered(choices_not_to_use([claim.patient_id]).get(claim.patient.number, ()), day):
        return True
    held = signed_notices([claim.patient_id]).get(claim.patient.number, ())
    return any(one.choice is NoticeChoice.DO_NOT_BILL for one in notices_on(held, day))


def settled(claim: Claim) -> Settled:
    """What the ledger says of a claim that the patient pays; what was taken back is left out with its taking back."""
    entries = LedgerEntry.objects.filter(claim=claim, transaction__reversed_by=None, transaction__reverses=None)
    if not entries.filter(account=Account.CHARGES.value).exists():
        return Settled(None)
    rows = (
        entries.filter(account__in=_PAID)
        .values("transaction", "transaction__on", "transaction__kind", "transaction__source_kind")
        .annotate(total=Sum("cents"))
        .order_by("transaction__on", "transaction")
    )
    told = list(rows)
    means = _means([row["transaction"] for row in told if row["transaction__source_kind"] == RECEIPT])
    payments = tuple(
        Payment(
            row["total"],
            row["transaction__on"],
            means.get(row["transaction"]) or _WORDS.get(row["transaction__kind"], ""),
        )
        for row in told
    )
    given_up = entries.filter(account=Account.WRITTEN_OFF.value).aggregate(total=Sum("cents"))["total"] or 0
    return Settled(payments, given_up)


def _means(transactions: list[object]) -> dict[object, str]:
    """By what means each payment of a receipt came."""
    sources = dict(LedgerTransaction.objects.filter(pk__in=transactions).values_list("pk", "source_key"))
    known = Receipt.objects.filter(pk__in=list(sources.values())).values_list("pk", "means", "number")
    words = {str(key): f"{means}, {number}" for key, means, number in known}
    return {key: words.get(source, "") for key, source in sources.items()}
