"""Which coverages a patient holds on a day, and what kinds of payers these are."""

from __future__ import annotations

from datetime import date

from django.db.models import OuterRef, Q

from cleanclaim.practice.engine.judging.setting import packs_of
from cleanclaim.practice.models import Clinic, Coverage, Patient
from cleanclaim.reference import payers


def holds_on(day: date | OuterRef) -> Q:
    """The rows that hold on a day: an end that nobody entered is none."""
    begun = Q(valid_from=None) | Q(valid_from__lte=day)
    return begun & (Q(valid_through=None) | Q(valid_through__gte=day))


def payer_kinds_on(clinic: Clinic, patient: Patient, on: date) -> set[str]:
    """The kinds of the payers whose coverages a patient holds on a day; payers without a file are left out."""
    packs = packs_of(clinic)
    held = Coverage.objects.filter(holds_on(on), patient=patient)
    kinds = set()
    for payer in held.values_list("payer", flat=True):
        try:
            kinds.add((packs.get(payer) or payers.get(payer)).kind)
        except payers.UnknownPayerError:
            continue
    return kinds
