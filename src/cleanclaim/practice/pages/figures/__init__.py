"""The clinic's figures, each with its definition and the claims behind it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path

from cleanclaim.practice.access import Can, ClinicRequest, clinic_page


@clinic_page(Can.SEE_FIGURES)
def figures(request: ClinicRequest) -> HttpResponse:
    """The first page of the area."""
    return render(request, "practice/landing.html", {"title": "Figures"})


urlpatterns: list[URLPattern] = [path("figures/", figures, name="figures")]
