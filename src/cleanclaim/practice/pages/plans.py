"""Plan of care: placeholder."""
from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path

from cleanclaim.practice.access import Can, ClinicRequest, clinic_page


@clinic_page(Can.SEE_NOTES, area="patients")
def plan(request: ClinicRequest, patient: UUID) -> HttpResponse:
    """The plan."""
    return render(request, "practice/landing.html", {"title": "Plan"})


urlpatterns = [path("patients/<uuid:patient>/plan/", plan, name="plan")]
