"""The therapist's day: visits and appointments of a day, how far each note is, and what earlier days left unsigned."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import BooleanField, Case, Exists, OuterRef, Q, QuerySet, Value, When
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path

from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.models import Appointment, AppointmentStatus, Provider, Signature, Visit, VisitStatus
from cleanclaim.practice.pages.asked_days import read_day

UNSIGNED_SHOWN = 20
"""How many unsigned notes of earlier days the page lists, the oldest first; the calendar lists all."""


@clinic_page(Can.SEE_NOTES)
def today(request: ClinicRequest) -> HttpResponse:
    """Visits and appointments of one day (`?day=`): the person's own, or with `?all` everybody's."""
    access = request.access
    now = today_at(access.clinic)
    day = read_day(request.GET.get("day")) or now
    own = access.provider if "all" not in request.GET else None
    visits = _told(Visit.objects.filter(date_of_service=day), own)
    unsigned = _told(Visit.objects.filter(date_of_service__lt=now, status=VisitStatus.DRAFT.value), own)
    zone = ZoneInfo(access.clinic.time_zone)
    begins = datetime.combine(day, time(0), zone)
    booked = Appointment.objects.filter(
        starts_at__gte=begins,
        starts_at__lt=datetime.combine(day + timedelta(days=1), time(0), zone),
        status__in=[AppointmentStatus.BOOKED.value, AppointmentStatus.ARRIVED.value],
        visit=None,
    ).select_related("patient", "provider")
    if own is not None:
        booked = booked.filter(provider=own)
    found = sorted(visits, key=lambda visit: (visit.time_in is None, visit.time_in, visit.number))
    access.record("list", "visit", detail=f"day {day.isoformat()}, {len(found)} visits")
    return render(
        request,
        "practice/today.html",
        {
            "day": day,
            "now": now,
            "before": day - timedelta(days=1),
            "after": day + timedelta(days=1),
            "visits": found,
            "drafts": sum(visit.status == VisitStatus.DRAFT.value for visit in found),
            "unsigned": unsigned.order_by("date_of_service", "number")[:UNSIGNED_SHOWN] if day == now else (),
            "booked": booked,
            "zone": zone,
            "is_all": own is None,
            "may_choose": access.provider is not None,
            "may_write": access.may(Can.WRITE_NOTES),
        },
    )


def _told(visits: QuerySet[Visit], own: Provider | None) -> QuerySet[Visit]:
    """Visits with what a row of the day shows; the notes themselves are not read."""
    if own is not None:
        visits = visits.filter(Q(therapist=own) | Q(assistant=own))
    signed_by_therapist = Signature.objects.filter(visit=OuterRef("pk"), credential__in=["PT", "OT", "SLP"])
    return (
        visits.select_related("patient", "therapist", "assistant")
        .defer("note", "interventions", "billed")
        .annotate(
            is_begun=Case(
                When(Q(note__isnull=False) | Q(interventions__isnull=False), then=Value(value=True)),
                default=Value(value=False),
                output_field=BooleanField(),
            ),
            has_therapist=Exists(signed_by_therapist),
        )
    )


urlpatterns = [path("today/", today, name="today")]
