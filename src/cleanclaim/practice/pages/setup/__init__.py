"""Set-up: charges, payers, enrollments, providers, people."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path

from cleanclaim.practice.access import Can, ClinicRequest, clinic_page


@clinic_page(Can.SET_UP)
def setup(request: ClinicRequest) -> HttpResponse:
    """The first page of the area."""
    return render(request, "practice/landing.html", {"title": "Setup"})


urlpatterns: list[URLPattern] = [path("setup/", setup, name="setup")]
