"""Claims: the queue, one claim, fixes, building and releasing."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path

from cleanclaim.practice.access import Can, ClinicRequest, clinic_page


@clinic_page(Can.SEE_CLAIMS)
def claims(request: ClinicRequest) -> HttpResponse:
    """The first page of the area."""
    return render(request, "practice/landing.html", {"title": "Claims"})


urlpatterns: list[URLPattern] = [path("claims/", claims, name="claims")]
