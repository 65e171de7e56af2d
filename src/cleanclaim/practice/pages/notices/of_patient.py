"""A patient's estimates and notices, as a part of their page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from cleanclaim.practice.engine.patients import notices as engine
from cleanclaim.practice.models import (
    AdvanceNotice,
    Appointment,
    Clinic,
    Coverage,
    GoodFaithEstimate,
    Patient,
    SelfPayChoice,
)
from cleanclaim.reference.payers import Payer

_LATEST = 3


def of_patient(
    clinic: Clinic, patient: Patient, coverages: Iterable[Coverage], packs: Mapping[str, Payer], today: date,
    ahead: Sequence[Appointment],
) -> dict[str, Any]:  # fmt: skip
    """What is owed, the latest estimates and notices, whether the patient pays alone; the clinic is in scope.

    `ahead` are the patient's appointments today and later, or the first of them.
    """
    alone = engine.self_paying(clinic, today, packs)
    due = engine.due(clinic, today, patient.pk, without=alone) if ahead else engine.asked_for(patient.pk)
    rows = GoodFaithEstimate.objects.filter(patient=patient).defer("content", "main_service", "separate")
    return {
        "due": [(one, one.is_late(today)) for one in due],
        "estimates": list(rows[:_LATEST]),
        "advance": list(AdvanceNotice.objects.filter(patient=patient).defer("services", "more")[:_LATEST]),
        "is_self_paying": all(row.payer in alone for row in coverages),
        "choices": list(SelfPayChoice.objects.filter(patient=patient)[:_LATEST]),
    }
