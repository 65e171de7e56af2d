"""Which days the estimates and notices that patients have cover: from the first day, or the day they had them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from cleanclaim.practice.models import AdvanceNotice, GoodFaithEstimate

Spans = dict[str, list[tuple[date, date]]]
"""By the patient's number, first and last day of each estimate."""


def given() -> QuerySet[GoodFaithEstimate]:
    """Estimates that patients were given; the clinic is in scope."""
    return GoodFaithEstimate.objects.exclude(given_on=None)


def is_estimated_on(day: str) -> Exists:
    """Whether an estimate that the outer row's patient was given covers its day."""
    return Exists(given().filter(patient=OuterRef("patient"), begins_on__lte=OuterRef(day), ends_on__gte=OuterRef(day)))


def spans(people: Collection[UUID]) -> Spans:
    """The days covered, for these patients; one query."""
    found: Spans = defaultdict(list)
    rows = given().filter(patient__in=people).values_list("patient__number", "begins_on", "given_on", "ends_on")
    for number, begins, told, ends in rows.order_by("begins_on"):
        found[number].append((begins if told is None else max(begins, told), ends))
    return dict(found)


def signed_notices(people: Collection[UUID]) -> Spans:
    """The days that advance notices which these patients have signed cover; one query."""
    found: Spans = defaultdict(list)
    rows = AdvanceNotice.objects.filter(patient__in=people, withdrawn_on=None).exclude(signed_on=None)
    told = rows.order_by("begins_on").values_list("patient__number", "begins_on", "signed_on", "ends_on")
    for number, begins, signed, ends in told:
        found[number].append((begins if signed is None else max(begins, signed), ends))
    return dict(found)


def is_covered(own: Sequence[tuple[date, date]], day: date) -> bool:
    """Whether one of a patient's spans covers a day."""
    return any(begins <= day <= ends for begins, ends in own)
