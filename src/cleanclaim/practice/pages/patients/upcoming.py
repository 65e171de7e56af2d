"""Who is to come and is not ready: the patients of the next days, with what their claims would still lack."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.core.paginator import Paginator
from django.db.models import Min
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_GET

from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.engine.patients.front_desk import front_desk
from cleanclaim.practice.engine.patients.readiness import readiness_of
from cleanclaim.practice.models import Appointment, AppointmentStatus, Patient

_SPANS = {"1": "today", "3": "three days", "7": "a week", "14": "two weeks"}
_PER_PAGE = 25
"""Patients a page: each is asked about anew, which takes some milliseconds."""


@require_GET
@clinic_page(Can.SEE_PATIENTS, area="patients")
def upcoming(request: ClinicRequest) -> HttpResponse:
    """Patients with an appointment in the next days (`?days=`), by when they come; each is asked about as of today."""
    clinic = request.access.clinic
    today = today_at(clinic)
    days = request.GET.get("days", "7")
    span = days if days in _SPANS else "7"
    begins = datetime.combine(today, time(), ZoneInfo(clinic.time_zone))
    booked = Appointment.objects.filter(
        starts_at__gte=begins,
        starts_at__lt=begins + timedelta(days=int(span)),
        status__in=[AppointmentStatus.BOOKED.value, AppointmentStatus.ARRIVED.value],
    )
    first = booked.values("patient").annotate(at=Min("starts_at")).order_by("at", "patient")
    page = Paginator(first, _PER_PAGE).get_page(request.GET.get("page", "1"))
    when = {row["patient"]: row["at"] for row in page.object_list}
    people = sorted(Patient.objects.filter(pk__in=when), key=lambda one: (when[one.pk], one.number))
    found = readiness_of(clinic, people, on=today)
    request.access.record("list", "patient", detail=f"{len(people)} of {page.paginator.count} to come, readiness")
    rows = [
        (person, when[person.pk], readiness, [(item, front_desk().label(item.section)) for item in readiness.items[:3]])
        for person, readiness in zip(people, found, strict=False)
    ]
    context = {
        "page": page,
        "rows": rows,
        "ready": sum(readiness.is_ready for _person, _at, readiness, _items in rows),
        "spans": _SPANS.items(),
        "span": span,
    }
    return render(request, "practice/patients/upcoming.html", context)


urlpatterns = [path("patients/upcoming/", upcoming, name="patients_upcoming")]
