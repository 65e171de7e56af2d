"""Claims that came back unread: why, who mends it and how, and the way to send them again."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.engine.exchange.acknowledging import code_of, rejections, says_of
from cleanclaim.practice.engine.exchange.reopening import NotReopenedError, reopen_rejected, set_aside
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.models import Claim, ClaimReport
from cleanclaim.practice.templatetags.practice import plural
from cleanclaim.reference.claim_status import explain

PAGE = 50
"""Claims on one page."""


@dataclass(frozen=True, slots=True)
class Returned:
    """A returned claim as a page shows it: why, how it is mended, by whom."""

    row: ClaimReport
    says: list[str]
    remedies: list[str]
    fixers: list[str]


def told(row: ClaimReport) -> Returned:
    """A rejection in plain words."""
    explained = [explain(code_of(text)) for text in row.codes]
    remedies = dict.fromkeys(one.remedy for one in explained if one.remedy)
    fixers = dict.fromkeys(one.fixer.value.replace("_", " ") for one in explained if one.fixer is not None)
    return Returned(row, says_of(row), list(remedies), [one for one in fixers if one != "nobody"])


@clinic_page(Can.SEE_CLAIMS, area="batches")
def returned(request: ClinicRequest) -> HttpResponse:
    """Every claim that came back and that nobody has dealt with, what must be filed soonest first."""
    access = request.access
    today = today_at(access.clinic)
    waiting = rejections().order_by(F("claim__due_on").asc(nulls_first=True), "created_at", "pk")
    page = Paginator(waiting, PAGE).get_page(request.GET.get("page"))
    access.record("list", "claim report", detail=f"{len(page)} returned")
    rows = [(told(row), _days_left(row.claim, today)) for row in page]
    context = {"page": page, "rows": rows, "may_work": access.may(Can.WORK_CLAIMS)}
    return render(request, "practice/exchange/returned.html", context)


def _days_left(claim: Claim | None, today: date) -> int | None:
    """Until the last day to file the claim; unknown where that is."""
    return None if claim is None or claim.due_on is None else (claim.due_on - today).days


@require_POST
@clinic_page(Can.WORK_CLAIMS, area="batches")
def returned_open(request: ClinicRequest) -> HttpResponse:
    """Open returned claims again, so that they can be corrected and sent; one leads to its own page."""
    access = request.access
    keys = []
    for text in request.POST.getlist("claim"):
        with suppress(ValueError):
            keys.append(UUID(text))
    if not keys:
        messages.error(request, "Choose the claims to open again.")
        return redirect("returned", access.clinic.slug)
    try:
        claims = reopen_rejected(access.clinic, keys, access.user, origin=access.origin)
    except NotReopenedError as error:
        messages.error(request, f"Not opened: {error}.")
        return redirect("returned", access.clinic.slug)
    messages.success(
        request,
        f"{plural(len(claims), 'claim')} opened and checked again; they go out as they are, with their own numbers.",
    )
    if len(claims) == 1:
        return redirect("claim", access.clinic.slug, claims[0].pk)
    return redirect("returned", access.clinic.slug)


@require_POST
@clinic_page(Can.WORK_CLAIMS, area="batches")
def returned_aside(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Take a rejection off the list, as where the payer took the claim back by telephone."""
    access = request.access
    row = get_object_or_404(ClaimReport.objects.select_related("claim").defer("claim__record", "record"), pk=key)
    try:
        set_aside(row.pk, access.user, origin=access.origin)
    except NotReopenedError as error:
        messages.error(request, f"Not set aside: {error}.")
    else:
        messages.success(request, f"The rejection of {row.control_number} is set aside.")
    return redirect("returned", access.clinic.slug)
