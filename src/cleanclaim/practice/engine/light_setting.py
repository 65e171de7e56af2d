"""The setting of one visit, kept between keystrokes and gathered anew as soon as a row that it was made of changes.

What a setting was made of is told by one query: of every table it reads, how many rows there are, when the last was
changed, and the sum of their versions. A row added, removed or changed shows in one of the three.
"""

from __future__ import annotations

from collections import OrderedDict
from datetime import date
from threading import Lock
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Model, Q, QuerySet, Sum, Value

from cleanclaim.practice.engine.setting import Setting, gather
from cleanclaim.practice.models import (
    Authorization,
    Certification,
    Charge,
    Claim,
    Clinic,
    ClinicPayer,
    Coverage,
    EligibilityAnswer,
    PackFile,
    Patient,
    PlanOfCare,
    ProgressReport,
    Provider,
    Signature,
    Visit,
    VisitStatus,
)

_KEPT = 64
"""How many settings a process keeps: a clinic's therapists write a few notes at a time."""

_held: OrderedDict[tuple[UUID, date], tuple[object, Setting]] = OrderedDict()
_lock = Lock()


def setting_of(clinic: Clinic, visit: Visit, *, as_of: date) -> Setting:
    """The setting of a visit; the clinic is in scope."""
    key = (visit.pk, as_of)
    state = state_of(clinic, visit)
    with _lock:
        found = _held.get(key)
        if found is not None and found[0] == state:
            _held.move_to_end(key)
            return found[1]
    setting = gather(clinic, [visit], as_of=as_of)
    with _lock:
        _held[key] = (state, setting)
        _held.move_to_end(key)
        while len(_held) > _KEPT:
            _held.popitem(last=False)
    return setting


def state_of(clinic: Clinic, visit: Visit) -> object:
    """What a visit's setting depends on: equal states, equal settings."""
    counted = [_counted(place, rows) for place, rows in enumerate(_rows(visit))]
    first, *others = counted
    packs = (
        PackFile.objects.filter(company_id=clinic.company_id)
        .order_by()
        .values("company_id")
        .annotate(place=Value(-1), rows=Count("pk"), latest=Max("changed_at"), versions=Count("pk"))
        .values_list("place", "rows", "latest", "versions")
    )
    own = tuple(repr(getattr(clinic, column.attname)) for column in clinic._meta.concrete_fields)  # noqa: SLF001 - Django's public door
    told = (visit.patient_id, visit.therapist_id, visit.date_of_service)
    return own, told, frozenset(first.union(*others, packs, all=True))


def _rows(visit: Visit) -> list[QuerySet[Any]]:
    patient, therapist, day = visit.patient_id, visit.therapist_id, visit.date_of_service
    around = Visit.objects.filter(
        Q(patient=patient) | Q(therapist=therapist, date_of_service=day), status=VisitStatus.SIGNED.value
    ).exclude(pk=visit.pk)
    people = Patient.objects.filter(Q(pk=patient) | Q(pk__in=around.order_by().values("patient_id")))
    them = people.order_by().values("pk")
    return [
        people,
        around,
        Signature.objects.filter(visit__in=around.order_by().values("pk")),
        Coverage.objects.filter(patient__in=them),
        Authorization.objects.filter(coverage__patient__in=them),
        EligibilityAnswer.objects.filter(coverage__patient__in=them),
        PlanOfCare.objects.filter(patient__in=them),
        Certification.objects.filter(plan__patient__in=them),
        ProgressReport.objects.filter(plan__patient__in=them),
        Claim.objects.filter(patient__in=them),
        Provider.objects.all(),
        Charge.objects.all(),
        ClinicPayer.objects.all(),
    ]


def _counted(place: int, rows: QuerySet[Model]) -> QuerySet[Any, tuple[Any, ...]]:
    counted: QuerySet[Any, tuple[Any, ...]] = (
        rows.order_by()
        .values("clinic_id")
        .annotate(place=Value(place), rows=Count("pk"), latest=Max("changed_at"), versions=Sum("version"))
        .values_list("place", "rows", "latest", "versions")
    )
    return counted
