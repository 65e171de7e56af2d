"""The therapist's day: visits of a day, how far each note is, and what can be started."""

from __future__ import annotations

from datetime import date, timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path

from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.engine.checking import today_at
from cleanclaim.practice.models import Appointment, AppointmentStatus, Visit, VisitStatus


@clinic_page(Can.SEE_NOTES)
def today(request: ClinicRequest) -> HttpResponse:
    """Visits and appointments of one day (`?day=`), the person's own first; drafts of earlier days on top."""
    access = request.access
    day = _day(request.GET.get("day"), today_at(access.clinic))
    visits = Visit.objects.filter(date_of_service=day).select_related("patient", "therapist", "assistant")
    unsigned = Visit.objects.filter(date_of_service__lt=day, status=VisitStatus.DRAFT.value).select_related(
        "patient", "therapist"
    )
    booked = Appointment.objects.filter(
        starts_at__date=day, status__in=[AppointmentStatus.BOOKED.value, AppointmentStatus.ARRIVED.value], visit=None
    ).select_related("patient", "provider")
    if access.provider is not None and "all" not in request.GET:
        own = access.provider
        visits, unsigned, booked = (
            visits.filter(therapist=own) | visits.filter(assistant=own),
            unsigned.filter(therapist=own) | unsigned.filter(assistant=own),
            booked.filter(provider=own),
        )
    found = sorted(visits, key=lambda visit: (visit.time_in is None, visit.time_in, visit.number))
    access.record("list", "visit", detail=f"day {day.isoformat()}")
    return render(
        request,
        "practice/today.html",
        {
            "day": day,
            "before": day - timedelta(days=1),
            "after": day + timedelta(days=1),
            "visits": found,
            "unsigned": unsigned.order_by("date_of_service")[:20],
            "booked": booked,
        },
    )


def _day(text: str | None, otherwise: date) -> date:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return otherwise


urlpatterns = [path("today/", today, name="today")]
