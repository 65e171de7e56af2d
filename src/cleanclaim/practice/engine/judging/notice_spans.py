"""Which days patients' estimates, notices and choices to pay alone cover: from when they had or signed them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from cleanclaim.practice.models import AdvanceNotice, GoodFaithEstimate, SelfPayChoice
from cleanclaim.records import NoticeChoice, NoticeCoverage, SignedNotice

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


@dataclass(frozen=True, slots=True)
class HeldNotice:
    """A signed advance notice, and the first and last day of care that it covers."""

    begins_on: date
    ends_on: date
    notice: SignedNotice


Notices = dict[str, list[HeldNotice]]
"""By the patient's number, their signed notices, the one signed last first."""


def signed_notices(people: Collection[UUID]) -> Notices:
    """The advance notices that these patients have signed; one query. Each holds from its signature on."""
    found: Notices = defaultdict(list)
    rows = AdvanceNotice.objects.filter(patient__in=people, withdrawn_on=None).exclude(signed_on=None)
    for row in rows.select_related("patient").defer("services", "more").order_by("-signed_on", "-number"):
        begins = row.begins_on if row.signed_on is None else max(row.begins_on, row.signed_on)
        notice = SignedNotice(
            coverage=NoticeCoverage(row.coverage), choice=NoticeChoice(row.option), codes=tuple(row.codes)
        )
        found[row.patient.number].append(HeldNotice(begins, row.ends_on, notice))
    return dict(found)


def notices_on(held: Iterable[HeldNotice], day: date) -> tuple[SignedNotice, ...]:
    """The notices that cover a day, in their order."""
    return tuple(one.notice for one in held if one.begins_on <= day <= one.ends_on)


def choices_not_to_use(people: Collection[UUID]) -> Spans:
    """The days of which these patients have chosen in writing that no plan is billed; one query."""
    found: Spans = defaultdict(list)
    rows = SelfPayChoice.objects.filter(patient__in=people, withdrawn_on=None)
    for number, begins, ends in rows.order_by("begins_on").values_list("patient__number", "begins_on", "ends_on"):
        found[number].append((begins, ends))
    return dict(found)


def pays_alone_on(day: str) -> Exists:
    """Whether the outer row's patient has chosen that no plan is billed for its day."""
    held = SelfPayChoice.objects.filter(patient=OuterRef("patient"), withdrawn_on=None)
    return Exists(held.filter(begins_on__lte=OuterRef(day), ends_on__gte=OuterRef(day)))


def is_covered(own: Sequence[tuple[date, date]], day: date) -> bool:
    """Whether one of a patient's spans covers a day."""
    return any(begins <= day <= ends for begins, ends in own)
