"""What a patient is asked for when they come: what is owed, the copay of the visit, and what was taken that day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import F, Sum

from cleanclaim.practice.engine.judging.held_coverages import holds_on
from cleanclaim.practice.engine.judging.protection import is_protected
from cleanclaim.practice.models import Coverage, EligibilityAnswer, Receipt
from cleanclaim.records import CoverageOrder


@dataclass(frozen=True, slots=True)
class Copay:
    """What a plan's member pays for a visit, in cents, and who says so: the card, or an answer of the month."""

    payer: str
    cents: int
    told_by: str


def copay_on(patient: UUID, day: date) -> Copay | None:
    """The copay of a patient's first coverage that is in force on a day; `None` where nobody knows one.

    The card's word stands before eligibility's, which holds for the month it was given in. A Qualified Medicare
    Beneficiary is asked for nothing.
    """
    own = Coverage.objects.filter(holds_on(day), patient=patient, order=CoverageOrder.PRIMARY.value)
    coverage = own.order_by(F("valid_from").desc(nulls_last=True)).first()
    if coverage is None:
        return None
    if is_protected(patient, day):
        return Copay(str(coverage), 0, "Qualified Medicare Beneficiary")
    if coverage.copay_cents is not None:
        return Copay(str(coverage), coverage.copay_cents, "as entered with the coverage")
    told = EligibilityAnswer.objects.filter(
        coverage=coverage, copay_cents__isnull=False, asked_on__year=day.year, asked_on__month=day.month
    )
    answer = told.filter(asked_on__lte=day).order_by("asked_on", "created_at").last()
    return (
        None if answer is None else Copay(str(coverage), answer.copay_cents, f"eligibility of {answer.asked_on:%b %-d}")
    )


def taken_on(patient: UUID, day: date) -> int:
    """Cents that were taken from a patient on a day, voided receipts left out."""
    found = Receipt.objects.filter(patient=patient, received_on=day, voided_at=None).aggregate(cents=Sum("cents"))
    return int(found["cents"] or 0)
