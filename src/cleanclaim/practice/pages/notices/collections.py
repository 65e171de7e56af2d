"""Balances for a collection agency: which may go and why others stay; placed, recalled, disputed, settled."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.engine.patients import placing_out as engine
from cleanclaim.practice.form_fields import MoneyField
from cleanclaim.practice.pages.accounts.entering import tabs
from cleanclaim.practice.pages.patients.entering import patient_or_404

PAGE = 50
_STATEMENTS, _LEAST = 3, 2_500
"""What the page asks for at first: the clinic chooses."""


class RuleForm(forms.Form):
    """After how many statements, and from which balance on, a clinic places."""

    statements = forms.IntegerField(min_value=1, max_value=12)
    least = MoneyField()


@require_GET
@clinic_page(Can.SEE_CLAIMS, area="remittances")
def collections(request: ClinicRequest) -> HttpResponse:
    """Patients with a balance, those that may be placed first, each other with why it stays."""
    access = request.access
    statements, least = _rule(request.GET)
    found = engine.candidates(access.clinic, least_cents=least, statements=statements)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    access.record("list", "balance", detail=f"{len(page)} of {len(found)} for collection")
    ready = [one for one in found if not one.keeps]
    context = {
        "tabs": tabs(access, "collections"),
        "page": page,
        "statements": statements,
        "least": f"{least // 100}.{least % 100:02d}",
        "ready": len(ready),
        "ready_cents": sum(one.cents for one in ready),
        "may_work": access.may(Can.WORK_CLAIMS) and access.may(Can.EXPORT),
    }
    return render(request, "practice/notices/collections.html", context)


def _rule(values: Any) -> tuple[int, int]:  # noqa: ANN401 - what a browser sent
    form = RuleForm(values)
    if not form.is_valid() or form.cleaned_data["least"] is None:
        return _STATEMENTS, _LEAST
    return form.cleaned_data["statements"], form.cleaned_data["least"]


@require_POST
@clinic_page(Can.WORK_CLAIMS, Can.EXPORT, area="remittances")
def place(request: ClinicRequest) -> HttpResponse:
    """Give the chosen balances to an agency, and download its file."""
    access = request.access
    statements, least = _rule(request.POST)
    agency = request.POST.get("agency", "").strip()[:80]
    try:
        keys = [UUID(text) for text in request.POST.getlist("patient")]
        text = engine.place(access.clinic, access.user, keys, agency, least_cents=least, statements=statements)
    except ValueError as error:
        messages.error(request, f"Nothing was placed: {error}.")
        return redirect("collections", access.clinic.slug)
    for key in keys:
        access.record("export", "patient", key, detail="balance placed with an agency")
    return HttpResponse(
        text,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="placed-{today_at(access.clinic).isoformat()}.csv"'},
    )


@require_POST
@clinic_page(Can.WORK_CLAIMS, area="remittances")
def act(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Dispute a balance, settle the dispute, or take the balance back from its agency."""
    access = request.access
    patient = patient_or_404(key)
    what, words = request.POST.get("what", ""), request.POST.get("because", "")
    try:
        if what == "dispute":
            engine.dispute(access.clinic, access.user, patient, words)
        elif what == "settle":
            engine.settle(access.clinic, patient, words)
        elif what == "recall":
            engine.recall(access.clinic, patient, words)
        else:
            return HttpResponseBadRequest("what: expected dispute, settle or recall")
    except engine.NotPlacedError as error:
        messages.error(request, f"Nothing changed: {error}.")
    else:
        access.record("change", "balance", patient.pk, detail=what)
        messages.success(request, "Written down.")
    return redirect("collections", access.clinic.slug)
