"""Visits without a signed note, the oldest first: nothing of them is billed."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_GET

from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.models import Appointment, AppointmentStatus, Provider, Visit, VisitStatus

_PER_PAGE = 50


@require_GET
@clinic_page(Can.SEE_PATIENTS, area="calendar")
def unsigned(request: ClinicRequest) -> HttpResponse:
    """Drafts up to today, and patients who arrived and whose visit nobody began; `?with=` is one provider's."""
    access = request.access
    today = today_at(access.clinic)
    visits = (
        Visit.objects.filter(status=VisitStatus.DRAFT.value, date_of_service__lte=today)
        .select_related("patient", "therapist", "assistant")
        .defer("note", "interventions")
        .order_by("date_of_service", "time_in", "number")
    )
    arrived = Appointment.objects.filter(
        status=AppointmentStatus.ARRIVED.value, visit=None, starts_at__date__lte=today
    ).select_related("patient", "provider")
    providers = list(Provider.objects.filter(treats=True))
    chosen = next((one for one in providers if str(one.pk) == request.GET.get("with")), None)
    if chosen is not None:
        visits = visits.filter(therapist=chosen) | visits.filter(assistant=chosen)
        arrived = arrived.filter(provider=chosen)
    page = Paginator(visits, _PER_PAGE).get_page(request.GET.get("page", "1"))
    rows = [(visit, (today - visit.date_of_service).days) for visit in page.object_list]
    access.record("list", "visit", detail=f"{len(rows)} of {page.paginator.count} not signed")
    context = {
        "page": page,
        "rows": rows,
        "arrived": arrived[:_PER_PAGE],
        "providers": providers,
        "chosen": chosen,
        "may_read_notes": access.may(Can.SEE_NOTES),
    }
    return render(request, "practice/calendar/unsigned.html", context)


urlpatterns = [path("calendar/unsigned/", unsigned, name="visits_unsigned")]
