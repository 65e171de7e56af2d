"""Estimates that are owed, by the day they are due, and those that were made."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.engine.patients import notices as engine
from cleanclaim.practice.models import GoodFaithEstimate
from cleanclaim.practice.pages.notices.money_only import with_money

PAGE = 50
"""Rows on one page."""


@require_GET
@clinic_page(Can.SEE_PATIENTS, area="patients")
@with_money
def due(request: ClinicRequest) -> HttpResponse:
    """Every estimate that is owed and not given yet, the soonest first."""
    access = request.access
    today = today_at(access.clinic)
    owed = engine.due(access.clinic, today)
    page = Paginator(owed, PAGE).get_page(request.GET.get("page"))
    access.record("list", "estimate", detail=f"{len(page)} of {len(owed)} due")
    context = {
        "page": page,
        "rows": [(one, one.is_late(today)) for one in page],
        "late": sum(one.is_late(today) for one in owed),
        "today": today,
        "may_edit": access.may(Can.EDIT_PATIENTS),
    }
    return render(request, "practice/notices/due.html", context)


@require_GET
@clinic_page(Can.SEE_PATIENTS, area="patients")
@with_money
def made(request: ClinicRequest) -> HttpResponse:
    """The estimates that were made, the latest first."""
    rows = GoodFaithEstimate.objects.select_related("patient", "replaced_by").defer(
        "content", "main_service", "separate"
    )
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    request.access.record("list", "estimate", detail=f"{len(page)} made")
    return render(request, "practice/notices/estimates.html", {"page": page})
