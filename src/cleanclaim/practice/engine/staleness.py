"""Which claims were checked before something they rest on has changed: a record, a charge, the day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db.models import Max

from cleanclaim.practice.models import (
    Authorization,
    Certification,
    Charge,
    Claim,
    ClinicPayer,
    ClinicRow,
    Coverage,
    EligibilityAnswer,
    Patient,
    PlanOfCare,
    ProgressReport,
    Provider,
    Visit,
)

_OF_PATIENT: tuple[tuple[type[ClinicRow], str], ...] = (
    (Patient, "pk"),
    (Coverage, "patient"),
    (Authorization, "coverage__patient"),
    (EligibilityAnswer, "coverage__patient"),
    (PlanOfCare, "patient"),
    (Certification, "plan__patient"),
    (ProgressReport, "plan__patient"),
    (Visit, "patient"),
)
"""Rows that a claim's check rests on, and how each names its patient."""

_OF_CLINIC: tuple[type[ClinicRow], ...] = (Charge, ClinicPayer, Provider)
"""Rows of the clinic that it rests on."""


def stale(claims: Iterable[Claim], today: date) -> set[UUID]:
    """The claims whose check is out of date: of an earlier day, or older than a record that it rests on."""
    rows = list(claims)
    if not rows:
        return set()
    patients = {claim.patient_id for claim in rows}
    clinics = {claim.clinic_id for claim in rows}
    changed: dict[UUID, datetime] = {}
    for model, patient in _OF_PATIENT:
        latest = model.objects.filter(**{f"{patient}__in": patients}).values_list(patient).annotate(Max("changed_at"))
        for key, moment in latest:
            changed[key] = max(moment, changed.get(key, moment))
    of_clinic: dict[UUID, datetime] = {}
    for of_all in _OF_CLINIC:
        latest = of_all.objects.filter(clinic__in=clinics).values_list("clinic").annotate(Max("changed_at"))
        for key, moment in latest:
            of_clinic[key] = max(moment, of_clinic.get(key, moment))
    found = set()
    for claim in rows:
        moments = (changed.get(claim.patient_id), of_clinic.get(claim.clinic_id))
        is_older = claim.checked_at is None or any(one is not None and one > claim.checked_at for one in moments)
        if claim.checked_on != today or is_older:
            found.add(claim.pk)
    return found
