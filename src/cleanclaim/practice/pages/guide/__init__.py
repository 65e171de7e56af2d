"""The code guide and the rule guide."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path

from cleanclaim.practice.access import ClinicRequest, clinic_page


@clinic_page()
def guide(request: ClinicRequest) -> HttpResponse:
    """The first page of the area."""
    return render(request, "practice/landing.html", {"title": "Guide"})


urlpatterns: list[URLPattern] = [path("guide/", guide, name="guide")]
