"""Patients who choose in writing that no plan is billed: kept with the signed request, and followed by claims."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from cleanclaim.practice.engine.claims.building import RECHECKED, recheck
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.engine.judging.held_coverages import payer_kinds_on
from cleanclaim.practice.models import Claim, Clinic, Document, Patient, SelfPayChoice, User
from cleanclaim.reference.self_pay import Limit, limits_for

_WHY = "the patient's choice who is billed"


class SelfPayRefusedError(ValueError):
    """A choice that cannot be kept or withdrawn as asked; says what was expected."""


def limits_of(clinic: Clinic, patient: Patient, on: date) -> tuple[Limit, ...]:
    """What the law says to such a choice, for the coverages that a patient has on a day."""
    return limits_for(payer_kinds_on(clinic, patient, on))


@transaction.atomic
def keep(  # noqa: PLR0913 - what a choice holds
    clinic: Clinic, user: User, patient: Patient, *, begins_on: date, ends_on: date, signed_on: date, document: Document
) -> SelfPayChoice:
    """Keep a choice; claims of its days that have not left are checked again, and become superbills.

    Raises:
        SelfPayRefusedError: days that do not follow each other, a signature to come, or after care has begun; or a
            claim of these days that a payer has already.
    """
    if not signed_on <= today_at(clinic):
        raise SelfPayRefusedError("expected the day of the signature, not one to come")
    if not signed_on <= begins_on <= ends_on:
        raise SelfPayRefusedError("expected it signed by the first day of care, and the last day not before the first")
    filed = _claims(patient.pk, begins_on, ends_on).exclude(batch=None)
    if filed.exists():
        raise SelfPayRefusedError("a claim of these days is filed; expected days of which no payer was told")
    made: SelfPayChoice = SelfPayChoice.objects.create(
        clinic=clinic, patient=patient, begins_on=begins_on, ends_on=ends_on, signed_on=signed_on, document=document,
        taken_by=user,
    )  # fmt: skip
    check_again(clinic, user, patient.pk, begins_on, ends_on)
    return made


@transaction.atomic
def withdraw(clinic: Clinic, user: User, row: SelfPayChoice) -> None:
    """Take a choice back: from now on claims of its days that were not given to the patient are the plan's again.

    Raises:
        SelfPayRefusedError: it was withdrawn before.
        StaleRowError: somebody else changed it meanwhile.
    """
    if row.withdrawn_on is not None:
        raise SelfPayRefusedError("it is withdrawn already")
    row.withdrawn_on = today_at(clinic)
    row.save_if_unchanged(row.version, "withdrawn_on")
    check_again(clinic, user, row.patient_id, row.begins_on, row.ends_on)


def check_again(clinic: Clinic, user: User, patient: UUID, begins_on: date, ends_on: date) -> int:
    """Check claims of a patient's days again that have not left, as who is billed has changed; says how many."""
    open_ones = _claims(patient, begins_on, ends_on).filter(batch=None, status__in=RECHECKED)
    return len(recheck(clinic, list(open_ones.values_list("pk", flat=True)), user, why=_WHY))


def _claims(patient: UUID, begins_on: date, ends_on: date) -> QuerySet[Claim]:
    own: QuerySet[Claim] = Claim.objects.filter(patient=patient, date_of_service__range=(begins_on, ends_on))
    return own
