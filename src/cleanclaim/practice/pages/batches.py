"""Claim files: what was built, released and downloaded."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path

from cleanclaim.practice.access import Can, ClinicRequest, clinic_page


@clinic_page(Can.SEE_CLAIMS)
def batches(request: ClinicRequest) -> HttpResponse:
    """The first page of the area."""
    return render(request, "practice/landing.html", {"title": "Batches"})


urlpatterns: list[URLPattern] = [path("files/", batches, name="batches")]
