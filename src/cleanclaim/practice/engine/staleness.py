"""Which claims were checked before something they rest on has changed: a record, a charge, the day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Max, QuerySet

from cleanclaim.practice.models import (
    Authorization,
    Certification,
    Charge,
    Claim,
    ClinicPayer,
    ClinicRow,
    Coverage,
    EligibilityAnswer,
    Enrollment,
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

_OF_CLINIC: tuple[type[ClinicRow], ...] = (Charge, ClinicPayer, Enrollment, Provider)
"""Rows of the clinic that it rests on."""


def stale(claims: Iterable[Claim], today: date) -> set[UUID]:
    """The claims whose check is out of date: of an earlier day, or older than a record that it rests on. One query."""
    rows = list(claims)
    return {claim.pk for claim in rows if claim.checked_on != today} | outdated(rows)


def outdated(claims: Iterable[Claim]) -> set[UUID]:
    """The claims that were checked before a record that they rest on was changed. One query."""
    rows = list(claims)
    if not rows:
        return set()
    patients = {claim.patient_id for claim in rows}
    clinics = {claim.clinic_id for claim in rows}
    latest = [_latest(model.objects.filter(**{f"{patient}__in": patients}), patient) for model, patient in _OF_PATIENT]
    latest += [_latest(model.objects.filter(clinic__in=clinics), "clinic") for model in _OF_CLINIC]
    changed: dict[UUID, datetime] = {}
    for key, moment in latest[0].union(*latest[1:], all=True):
        changed[key] = max(moment, changed.get(key, moment))
    found = set()
    for claim in rows:
        moments = (changed.get(claim.patient_id), changed.get(claim.clinic_id))
        if claim.checked_at is None or any(one is not None and one > claim.checked_at for one in moments):
            found.add(claim.pk)
    return found


def _latest(rows: QuerySet[Any], key: str) -> QuerySet[Any, tuple[UUID, datetime]]:
    """When the last of the rows of each patient, or clinic, was changed."""
    found: QuerySet[Any, tuple[UUID, datetime]] = rows.order_by().values_list(key).annotate(Max("changed_at"))
    return found
