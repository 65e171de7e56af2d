"""Pick a diagnosis by everyday words, as a fragment beside the note's own list."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.pages.asked_days import day_asked
from cleanclaim.reference import icd10

_SHOWN = 8


@clinic_page(Can.SEE_NOTES)
def find_diagnoses(request: ClinicRequest) -> HttpResponse:
    """Diagnoses that the words `q` most likely mean on the day `on`."""
    text = request.GET.get("q", "").strip()[:80]
    hits = icd10.search(text, day_asked(request), _SHOWN) if text else []
    return render(request, "practice/notes/diagnosis_hits.html", {"hits": hits, "text": text})
