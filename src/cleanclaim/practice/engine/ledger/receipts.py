"""Patients' payments: taken once, put onto lines or kept as credit, voided whole."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from cleanclaim.ledger import posting
from cleanclaim.ledger.entries import Kind, LedgerError, Source, reversal_of
from cleanclaim.money import dollars
from cleanclaim.practice import audit_trail
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.engine.ledger import ledger_rows
from cleanclaim.practice.engine.ledger.patient_accounts import account_of, rules_of
from cleanclaim.practice.models import Clinic, LedgerTransaction, Means, Patient, PaymentPlan, Receipt, User
from cleanclaim.receivables.allocation import Allocation, AllocationError, chosen, oldest_first
from cleanclaim.receivables.statements import owed

RECEIPT = "receipt"
"""The kind of source of what a patient's payment writes."""


class NotTakenError(ValueError):
    """A payment that cannot be taken, placed or voided as asked; says why, no patient."""


@dataclass(frozen=True, slots=True)
class Payment:
    """What a patient gives. `key` makes it the same payment when a form is sent twice.

    `parts` are the lines that somebody chose, each with its cents; `None` pays the oldest first.
    """

    key: UUID
    cents: int
    means: Means
    received_on: date
    check_number: str = ""
    card_last_four: str = ""
    processor_reference: str = ""
    parts: Mapping[str, int] | None = None
    plan: PaymentPlan | None = None


def take(clinic: Clinic, user: User, patient: Patient, payment: Payment, *, origin: str = "") -> Receipt:
    """Take a patient's payment and write its receipt. The same payment again gives the same receipt.

    Raises `NotTakenError` where it cannot be put where it was asked for, or its day is to come or closed.
    """
    with transaction.atomic():
        rules = rules_of(clinic, lock=True)
        there: Receipt | None = Receipt.objects.filter(pk=payment.key).first()
        if there is not None:
            if (there.patient_id, there.cents) != (patient.pk, payment.cents):
                raise NotTakenError("another payment was taken by this form; open it anew")
            return there
        if payment.received_on > today_at(clinic):
            raise NotTakenError("the day of the payment is to come; expected today or a day before")
        placed = _place(patient.pk, payment)
        row = Receipt(
            id=payment.key,
            clinic=clinic,
            number=f"R{rules.next_receipt:06d}",
            patient=patient,
            received_on=payment.received_on,
            cents=payment.cents,
            means=payment.means.value,
            check_number=payment.check_number,
            card_last_four=payment.card_last_four,
            processor_reference=payment.processor_reference,
            plan=payment.plan,
            taken_by=user,
        )
        row.digest = digest_of(row, patient)
        row.save(force_insert=True)
        rules.next_receipt += 1
        rules.save_if_unchanged(rules.version, "next_receipt")
        source = Source(RECEIPT, str(row.pk), row.digest)
        made = posting.patient_payment(
            f"{RECEIPT}:{row.pk}", payment.received_on, source, str(patient.pk), payment.cents, placed.lines
        )
        try:
            ledger_rows.write(clinic, user, [made])
        except LedgerError as error:
            raise NotTakenError(str(error)) from error
        audit_trail.record(clinic.id, user, "create", RECEIPT, row.pk, detail=payment.means.value, origin=origin)
        return row


def _place(patient: UUID, payment: Payment) -> Allocation:
    due = owed(account_of(patient).lines)
    try:
        if payment.parts is None:
            return oldest_first(payment.cents, due)
        return chosen(payment.cents, payment.parts, due)
    except AllocationError as error:
        raise NotTakenError(str(error)) from error


def digest_of(row: Receipt, patient: Patient) -> str:
    """The SHA-256 of what a receipt says."""
    told = [
        row.number, patient.number, row.received_on.isoformat(), row.cents, row.means, row.check_number,
        row.card_last_four, row.processor_reference,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def void(clinic: Clinic, user: User, receipt_id: UUID, because: str, *, origin: str = "") -> Receipt:
    """Take a receipt back whole: a check that came back, a mistake. What it paid is owed again.

    Raises `NotTakenError` where it was voided before, no reason is given, or its credit was put onto lines since.
    """
    if not because.strip():
        raise NotTakenError("why is not said; expected a reason")
    with transaction.atomic():
        rules_of(clinic, lock=True)
        row: Receipt | None = (
            Receipt.objects.select_for_update(of=("self",))
            .select_related("patient")
            .filter(pk=receipt_id, voided_at=None)
            .first()
        )
        if row is None:
            raise NotTakenError("no such receipt, or it is voided already")
        written = LedgerTransaction.objects.filter(key=f"{RECEIPT}:{row.pk}").prefetch_related("entries")
        (made,) = ledger_rows.read(written.select_related("reverses"))
        source = Source(RECEIPT, str(row.pk), row.digest)
        ledger_rows.write(clinic, user, [reversal_of(made, f"{made.key}:voided", today_at(clinic), source)])
        credit = account_of(row.patient_id).credit_cents
        if credit < 0:
            raise NotTakenError(f"{dollars(-credit)} of it were put onto lines as credit; take that back first")
        row.voided_by, row.voided_at, row.voided_because = user, timezone.now(), because.strip()[:100]
        row.save_if_unchanged(row.version, "voided_by", "voided_at", "voided_because")
        audit_trail.record(clinic.id, user, "change", RECEIPT, row.pk, detail="voided", origin=origin)
        return row


def use_credit(clinic: Clinic, user: User, patient: Patient, *, origin: str = "") -> int:
    """Put a patient's credit onto what they owe, the oldest first; what was paid too much on lines comes first to it.

    Returns how many cents were put onto lines. Raises `NotTakenError` where there is no credit, or nothing is owed.
    """
    with transaction.atomic():
        rules_of(clinic, lock=True)
        account = account_of(patient.pk)
        overpaid = [(line.key, -line.overpaid_cents) for line in account.lines if line.overpaid_cents]
        credit = account.credit_cents - sum(cents for _line, cents in overpaid)
        due = owed(account.lines)
        if credit <= 0 or not due:
            raise NotTakenError("there is no credit, or nothing is owed")
        placed = oldest_first(credit, due)
        parts = [*overpaid, *placed.lines]
        count = LedgerTransaction.objects.filter(kind=Kind.PATIENT_ALLOCATION.value, source_key=str(patient.pk)).count()
        told = json.dumps([patient.number, count, parts], separators=(",", ":"))
        source = Source("credit", str(patient.pk), hashlib.sha256(told.encode()).hexdigest())
        made = posting.allocate_credit(
            f"credit:{patient.pk}:{count + 1}", today_at(clinic), source, str(patient.pk), parts
        )
        ledger_rows.write(clinic, user, [made])
        audit_trail.record(
            clinic.id, user, "change", "patient", patient.pk, detail=f"credit onto {len(placed.lines)} lines",
            origin=origin,
        )  # fmt: skip
        return sum(cents for _line, cents in placed.lines)
