"""Patients: finding and registering them, coverages, authorizations, eligibility, documents."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path

from cleanclaim.practice.access import Can, ClinicRequest, clinic_page


@clinic_page(Can.SEE_PATIENTS)
def patients(request: ClinicRequest) -> HttpResponse:
    """The first page of the area."""
    return render(request, "practice/landing.html", {"title": "Patients"})


urlpatterns: list[URLPattern] = [path("patients/", patients, name="patients")]
