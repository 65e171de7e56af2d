"""Statements: who is due one, what it says, and each kept as it was sent."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from cleanclaim.forms.statement import StatementPage, render_statement, render_statements
from cleanclaim.practice import audit_trail
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.engine.ledger.open_balances import open_accounts
from cleanclaim.practice.engine.ledger.patient_accounts import PatientAccount, accounts_of, rules_of, words_of
from cleanclaim.practice.engine.ledger.payment_plans import next_installment
from cleanclaim.practice.form_fields import phone_words
from cleanclaim.practice.models import AccountRules, Clinic, Patient, PaymentPlan, Statement, StatementRun, User
from cleanclaim.practice.sealing import Plain
from cleanclaim.receivables.aging import Bucket
from cleanclaim.receivables.statements import Balance, Sending, sending, visits


@dataclass(frozen=True, slots=True)
class Candidate:
    """A patient with money, what they owe and are owed, and whether a statement is sent today."""

    patient: Patient
    balance: Balance
    last_sent: date | None
    sending: Sending

    @property
    def over_90_cents(self) -> int:
        """What has been owed for more than ninety days."""
        return self.balance.aging[Bucket.OVER_90] + self.balance.aging[Bucket.OVER_120]


def candidates(clinic: Clinic, patients: Iterable[UUID] | None = None) -> list[Candidate]:
    """Patients with an open line or a credit, or these, by name, each with why one is sent or not.

    Nine queries, however many patients and lines there are; lines that are settled are not read.
    """
    accounts = open_accounts(patients)
    rules, on = rules_of(clinic), today_at(clinic)
    last = _last_sent(accounts)
    found = []
    rows = Patient.objects.filter(pk__in=list(accounts)).order_by("family_name", "given_name", "number")
    for row in rows:
        figures = accounts[row.pk].balance(on)
        decided = sending(
            figures, on, last.get(row.pk), small_cents=rules.small_balance_cents, every_days=rules.statement_every_days
        )
        found.append(Candidate(row, figures, last.get(row.pk), decided))
    return found


def _last_sent(patients: Collection[UUID]) -> dict[UUID, date]:
    rows = (
        Statement.objects.filter(patient__in=list(patients))
        .order_by()
        .values("patient")
        .annotate(last=Max("issued_on"))
    )
    return {row["patient"]: row["last"] for row in rows}


def page_of(
    clinic: Clinic, rules: AccountRules, one: Candidate, account: PatientAccount, plan: PaymentPlan | None, number: str
) -> StatementPage:
    """What a patient's statement of today says."""
    on = today_at(clinic)
    patient = one.patient
    return StatementPage(
        number=number,
        clinic=clinic.name,
        clinic_address=_address(clinic),
        clinic_phone=phone_words(clinic.phone),
        patient=" ".join(
            part for part in (patient.given_name, patient.middle_name, patient.family_name, patient.suffix) if part
        ),
        patient_address=_address(patient),
        patient_number=patient.number,
        issued_on=on,
        due_on=on + timedelta(days=rules.due_in_days),
        visits=tuple(visits(account.lines, words_of, one.last_sent)),
        credit_cents=account.credit_cents,
        total_cents=one.balance.due_cents,
        aging=tuple((bucket.label, cents) for bucket, cents in one.balance.aging.items()),
        installment=next_installment(plan, on) if plan is not None else None,
        note=rules.statement_note,
    )


def _address(row: Clinic | Patient) -> tuple[str, ...]:
    street = f"{row.line1}, {row.line2}" if row.line2 else row.line1
    return (street, f"{row.city}, {row.state} {row.zip_code}")


def preview(clinic: Clinic, patients: Sequence[UUID]) -> bytes:
    """The statements of these patients as one PDF, as they would be today; nothing is kept."""
    rules = rules_of(clinic)
    chosen = [one for one in candidates(clinic, patients) if one.balance.due_cents > 0]
    made = _made(clinic, rules, chosen, ["preview"] * len(chosen))
    return render_statements([page for _patient, page in made])


def _made(
    clinic: Clinic, rules: AccountRules, chosen: Sequence[Candidate], numbers: Iterable[str]
) -> list[tuple[Patient, StatementPage]]:
    """The statements of these patients, each with its number."""
    keys = [one.patient.pk for one in chosen]
    plans, accounts = _plans(keys), accounts_of(keys)
    return [
        (one.patient, page_of(clinic, rules, one, accounts[key], plans.get(key), number))
        for key, one, number in zip(keys, chosen, numbers, strict=True)
    ]


def make_run(
    clinic: Clinic, user: User, patients: Sequence[UUID], *, origin: str = ""
) -> tuple[StatementRun | None, list[Candidate]]:
    """Make and keep the statements of these patients that are due one, each alone and all as one file.

    Returns the run, `None` where nobody was due one, and the patients who got none, each with why: nothing is owed, it
    is too small, or they were sent one not long ago.
    """
    with transaction.atomic():
        rules, on = rules_of(clinic, lock=True), today_at(clinic)
        found = candidates(clinic, patients)
        due = [one for one in found if one.sending is Sending.SEND]
        left = [one for one in found if one.sending is not Sending.SEND]
        numbers = (f"S{number:06d}" for number in range(rules.next_statement, rules.next_statement + len(due)))
        pages = _made(clinic, rules, due, numbers)
        if not pages:
            return None, left
        rules.next_statement += len(pages)
        rules.save_if_unchanged(rules.version, "next_statement")
        return _keep(clinic, user, pages, on, origin), left


def _keep(
    clinic: Clinic, user: User, pages: Sequence[tuple[Patient, StatementPage]], on: date, origin: str
) -> StatementRun:
    together = render_statements([page for _patient, page in pages])
    run: StatementRun = StatementRun.objects.create(
        clinic=clinic,
        issued_on=on,
        statements_count=len(pages),
        total_cents=sum(page.total_cents for _patient, page in pages),
        content=Plain(together),
        sha256=hashlib.sha256(together).hexdigest(),
        made_by=user,
    )
    for patient, page in pages:
        pdf = render_statement(page)
        statement = Statement.objects.create(
            clinic=clinic,
            number=page.number,
            patient=patient,
            run=run,
            issued_on=on,
            due_on=page.due_on,
            total_cents=page.total_cents,
            lines_count=sum(len(visit.lines) for visit in page.visits),
            content=Plain(pdf),
            sha256=hashlib.sha256(pdf).hexdigest(),
            made_by=user,
        )
        audit_trail.record(clinic.id, user, "create", "statement", statement.pk, origin=origin)
    return run


def _plans(patients: Sequence[UUID]) -> dict[UUID, PaymentPlan]:
    return {plan.patient_id: plan for plan in PaymentPlan.objects.filter(patient__in=patients, ended_on=None)}
