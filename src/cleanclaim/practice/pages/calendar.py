"""The calendar: appointments, no-shows, visits without a signed note."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path

from cleanclaim.practice.access import Can, ClinicRequest, clinic_page


@clinic_page(Can.SEE_PATIENTS)
def calendar(request: ClinicRequest) -> HttpResponse:
    """The first page of the area."""
    return render(request, "practice/landing.html", {"title": "Calendar"})


urlpatterns: list[URLPattern] = [path("calendar/", calendar, name="calendar")]
