"""Balances for a collection agency: which may go, why others stay, and a file with as little as an agency needs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Max

from cleanclaim.practice.engine.jobs.tables import cell
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.engine.judging.protection import told_of
from cleanclaim.practice.engine.ledger.open_balances import open_accounts
from cleanclaim.practice.models import (
    BalanceDispute,
    ClaimAnswer,
    Clinic,
    CollectionPlacement,
    Coverage,
    NeedTest,
    Patient,
    PaymentPlan,
    Receipt,
    Statement,
    User,
)
from cleanclaim.receivables.placements import Balance, Keeps, kept_because
from cleanclaim.receivables.protection import is_protected_on
from cleanclaim.receivables.statements import owed

COLUMNS = (
    "account", "family_name", "given_name", "street", "apartment", "city", "state", "zip", "phone", "balance",
    "owed_since", "last_payment_on", "statements_sent",
)  # fmt: skip
"""What an agency is told. No diagnosis, service, payer, birth date or social security number."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A patient with a balance, and why it stays; nothing where it may be placed."""

    patient: Patient
    cents: int
    owed_since: date | None
    statements: int
    last_payment_on: date | None
    keeps: tuple[Keeps, ...]
    dispute: BalanceDispute | None


def candidates(clinic: Clinic, *, least_cents: int, statements: int) -> list[Candidate]:
    """Every patient with a balance, the largest first; the clinic is in scope."""
    today = today_at(clinic)
    accounts = open_accounts()
    keys = list(accounts)
    people = {row.pk: row for row in Patient.objects.filter(pk__in=keys)}
    sent: dict[UUID, int] = dict(
        Statement.objects.filter(patient__in=keys)
        .order_by()
        .values("patient")
        .annotate(found=Count("pk"))
        .values_list("patient", "found")
    )
    paid: dict[UUID, date | None] = dict(
        Receipt.objects.filter(patient__in=keys, voided_at=None)
        .order_by()
        .values("patient")
        .annotate(found=Max("received_on"))
        .values_list("patient", "found")
    )
    plans = set(PaymentPlan.objects.filter(patient__in=keys, ended_on=None).values_list("patient", flat=True))
    helped = set(
        NeedTest.objects.filter(patient__in=keys, valid_through__gte=today, part_e4__gt=0).values_list(
            "patient", flat=True
        )
    )
    placed = set(CollectionPlacement.objects.filter(recalled_on=None).values_list("patient", flat=True))
    disputes = {row.patient_id: row for row in BalanceDispute.objects.filter(settled_on=None).defer("because")}
    told = told_of(keys)
    asked = _qmb_known(keys)
    found = []
    for key in keys:
        account = accounts[key]
        figures = account.balance(today)
        if figures.due_cents <= 0:
            continue
        by_eligibility = is_protected_on(told.get(key, ()), today)
        is_qmb = True if figures.protected_cents or by_eligibility else False if asked[key] else by_eligibility
        keeps = kept_because(
            Balance(
                figures.due_cents, sent.get(key, 0), is_qmb, key in disputes, key in plans, key in helped, key in placed
            ),
            least_cents=least_cents,
            statements=statements,
        )
        since = min((item.since for item in owed(account.lines)), default=None)
        found.append(
            Candidate(people[key], figures.due_cents, since, sent.get(key, 0), paid.get(key), keeps, disputes.get(key))
        )
    return sorted(found, key=lambda one: (bool(one.keeps), -one.cents, one.patient.number))


def _qmb_known(keys: Sequence[UUID]) -> dict[UUID, bool]:
    """Whether somebody has said whether a patient is a QMB: Medicare has answered, or is no payer of theirs.

    Payers say it by a remark on their answers; where Medicare has answered nothing, only eligibility can have said it.
    """
    medicare = set(
        Coverage.objects.filter(patient__in=keys, payer__contains="medicare").values_list("patient", flat=True)
    )
    answered = set(
        ClaimAnswer.objects.filter(claim__patient__in=keys, claim__payer__contains="medicare").values_list(
            "claim__patient", flat=True
        )
    )
    return {key: key not in medicare or key in answered for key in keys}


class NotPlacedError(ValueError):
    """Balances that cannot be placed, disputed or recalled as asked; says what was expected."""


def place(
    clinic: Clinic, user: User, patients: Iterable[UUID], agency: str, *, least_cents: int, statements: int
) -> str:
    """Give balances to an agency: writes each down, and returns the agency's file as CSV, by account.

    Raises:
        NotPlacedError: one of them may not be placed; then none is.
    """
    wanted = set(patients)
    with transaction.atomic():
        found = candidates(clinic, least_cents=least_cents, statements=statements)
        chosen = [one for one in found if one.patient.pk in wanted]
        if not agency or not chosen or len(chosen) != len(wanted):
            raise NotPlacedError("expected an agency, and patients of this list")
        kept = next((one for one in chosen if one.keeps), None)
        if kept is not None:
            raise NotPlacedError(f"account {kept.patient.number} stays: {kept.keeps[0].value}")
        CollectionPlacement.objects.bulk_create(
            CollectionPlacement(
                clinic=clinic, patient=one.patient, agency=agency, placed_on=today_at(clinic), cents=one.cents,
                placed_by=user,
            )
            for one in chosen
        )  # fmt: skip
    return _csv(sorted(chosen, key=lambda one: one.patient.number))


def _csv(rows: Sequence[Candidate]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for one in rows:
        who = one.patient
        told = (
            who.number, who.family_name, who.given_name, who.line1, who.line2, who.city, who.state, who.zip_code,
            who.phone, plain_amount(one.cents), one.owed_since, one.last_payment_on, one.statements,
        )  # fmt: skip
        writer.writerow([cell(value) for value in told])
    return out.getvalue()


def plain_amount(cents: int) -> str:
    """Cents as dollars with two decimals, as files have them."""
    return f"{cents // 100}.{cents % 100:02d}"


def recall(clinic: Clinic, patient: Patient, because: str) -> CollectionPlacement:
    """Take a balance back from its agency. Raises `NotPlacedError` where none is placed, or no reason is given."""
    row: CollectionPlacement | None = CollectionPlacement.objects.filter(patient=patient, recalled_on=None).first()
    if row is None or not because.strip():
        raise NotPlacedError("expected a balance that is with an agency, and a reason")
    row.recalled_on, row.recalled_because = today_at(clinic), because.strip()[:100]
    row.save_if_unchanged(row.version, "recalled_on", "recalled_because")
    return row


def dispute(clinic: Clinic, user: User, patient: Patient, because: str) -> BalanceDispute:
    """Write down that a patient disputes a balance. Raises `NotPlacedError` without a reason, or where one is open."""
    if not because.strip() or BalanceDispute.objects.filter(patient=patient, settled_on=None).exists():
        raise NotPlacedError("expected a reason, and no dispute that is open already")
    made: BalanceDispute = BalanceDispute.objects.create(
        clinic=clinic, patient=patient, opened_on=today_at(clinic), because=because.strip()[:500], opened_by=user
    )
    return made


def settle(clinic: Clinic, patient: Patient, outcome: str) -> BalanceDispute:
    """Write down how a dispute ended. Raises `NotPlacedError` where none is open, or the outcome is not said."""
    row: BalanceDispute | None = BalanceDispute.objects.filter(patient=patient, settled_on=None).first()
    if row is None or not outcome.strip():
        raise NotPlacedError("expected an open dispute, and how it ended")
    row.settled_on, row.outcome = today_at(clinic), outcome.strip()[:100]
    row.save_if_unchanged(row.version, "settled_on", "outcome")
    return row
