"""The list of patients: filters in the address, the search in the request's body, fifty a page.

A name or a birth date is patient data and stands in no address, so that none lands in a log or a browser's history:
the search is posted. Filters say nothing of a person and stay in the address.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_POST

from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.keyset import By, window
from cleanclaim.practice.models import (
    Appointment,
    AppointmentStatus,
    ClinicPayer,
    Coverage,
    Patient,
    Visit,
)
from cleanclaim.practice.pages.patients.entering import may_see_money
from cleanclaim.practice.pages.patients.searching import matching

_PER_PAGE = 50
_BY_NAME = (By("family_name"), By("given_name"), By("birth_date"), By("pk"))
_CARE = {"booked": "with an appointment ahead", "new": "without a visit yet", "inactive": "inactive", "all": "all"}


@clinic_page(Can.SEE_PATIENTS)
def patients(request: ClinicRequest) -> HttpResponse:
    """Patients by name; `?care=` and `?payer=` choose among them, `?after=` and `?before=` a part."""
    return _answer(request, "", request.GET.dict())


@require_POST
@clinic_page(Can.SEE_PATIENTS, area="patients")
def find(request: ClinicRequest) -> HttpResponse:
    """Patients that a search fits; Enter goes straight to the only one there is."""
    text = request.POST.get("q", "").strip()[:80]
    if text and not request.htmx:  # type: ignore[attr-defined]
        found = list(_chosen(request).filter(matching(text))[:2])
        if len(found) == 1:
            return redirect("patient", request.access.clinic.slug, found[0].pk)
    return _answer(request, text, request.POST.dict())


def _answer(request: ClinicRequest, text: str, asked: Mapping[str, str]) -> HttpResponse:
    access = request.access
    rows = _chosen(request).filter(matching(text)) if text else _chosen(request)
    # What is told of each patient is looked up for those of the page, not for all that come before it.
    page = window(rows.only("pk"), _BY_NAME, asked, _PER_PAGE, among=Patient.objects.all())
    keys = [row.pk for row in page]
    found = _with_dates(request, Patient.objects.filter(pk__in=keys)).in_bulk()
    people = [found[key] for key in keys if key in found]
    count = rows.count()
    access.record("list", "patient", detail=f"{len(people)} of {count}")
    context = {
        "page": page,
        "count": count,
        "people": people,
        "q": text,
        "care": request.GET.get("care", ""),
        "payer": request.GET.get("payer", ""),
        "cares": _CARE.items(),
        "payers": ClinicPayer.objects.order_by("name").values_list("payer", "name"),
        "may_edit": access.may(Can.EDIT_PATIENTS),
        "show_money": may_see_money(access),
        "today": today_at(access.clinic),
        "is_filtered": bool(text or request.GET.get("care") or request.GET.get("payer")),
    }
    partial = bool(request.htmx)  # type: ignore[attr-defined]
    return render(request, f"practice/patients/{'found' if partial else 'list'}.html", context)


def _chosen(request: ClinicRequest) -> QuerySet[Patient]:
    care, payer = request.GET.get("care", ""), request.GET.get("payer", "")
    rows: QuerySet[Patient] = Patient.objects.all()
    if care != "all":
        rows = rows.filter(is_active=care != "inactive")
    if care == "booked":
        rows = rows.filter(pk__in=_ahead(request).values("patient"))
    elif care == "new":
        rows = rows.exclude(pk__in=Visit.objects.values("patient"))
    if payer:
        rows = rows.filter(pk__in=Coverage.objects.filter(payer=payer).values("patient"))
    return rows


def _ahead(request: ClinicRequest) -> QuerySet[Appointment]:
    clinic = request.access.clinic
    morning = datetime.combine(today_at(clinic), time(), ZoneInfo(clinic.time_zone))
    rows: QuerySet[Appointment] = Appointment.objects.filter(
        starts_at__gte=morning, status__in=[AppointmentStatus.BOOKED.value, AppointmentStatus.ARRIVED.value]
    )
    return rows


def _with_dates(request: ClinicRequest, rows: QuerySet[Patient]) -> QuerySet[Patient]:
    """The patients with their coverages, last visit and next appointment: three queries however many there are."""
    ahead = _ahead(request).filter(patient=OuterRef("pk")).order_by("starts_at").values("starts_at")[:1]
    visits = Visit.objects.filter(patient=OuterRef("pk")).order_by("-date_of_service").values("date_of_service")[:1]
    covered = Coverage.objects.defer("member_id", "subscriber").order_by("order", "valid_from")
    return rows.annotate(next_at=Subquery(ahead), last_on=Subquery(visits)).prefetch_related(
        Prefetch("coverages", covered)
    )


urlpatterns = [
    path("patients/", patients, name="patients"),
    path("patients/find/", find, name="patients_find"),
]
