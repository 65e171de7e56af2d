"""The filing limits of the clinic's contracts with one payer, each from a day of service on."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import F
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.engine.judging.filing_limits import (
    MOST_DAYS,
    has_contracts,
    limit_words,
    remove_limit,
    set_limit,
)
from cleanclaim.practice.form_fields import DayField, Styled
from cleanclaim.practice.models import ClinicPayer, FilingLimit
from cleanclaim.practice.pages.setup.payers import known_payers
from cleanclaim.reference.payers import Payer


class LimitForm(Styled, forms.Form):
    """One limit from a day of service on."""

    valid_from = DayField(
        required=False, label="for dates of service from", help_text="Left empty: from the beginning."
    )
    days = forms.IntegerField(min_value=1, max_value=MOST_DAYS, label="days from the service")
    days_behind = forms.IntegerField(
        min_value=1,
        max_value=MOST_DAYS,
        required=False,
        label="days behind another payer",
        help_text="From the other payer's decision, where your contract counts from it.",
    )


@require_http_methods(["GET", "POST"])
@clinic_page(Can.SET_UP, area="setup")
def filing_limits(request: ClinicRequest, key: UUID) -> HttpResponse:
    """The limits agreed with a payer, and what its file states; a POST sets one from a day on."""
    row, pack = _payer(request, key)
    clinic = request.access.clinic
    form = LimitForm(request.POST or None)
    if form.is_bound and form.is_valid():
        entered = form.cleaned_data
        limit = set_limit(clinic, row.payer, entered["valid_from"], entered["days"], entered["days_behind"])
        request.access.record("change", "filing limit", limit.pk, detail=f"{row.payer}: {limit}")
        since = f"for dates of service from {limit.valid_from}" if limit.valid_from else "for every date of service"
        messages.success(request, f"{limit} are kept {since}. Open claims get their last day at their next check.")
        return redirect("setup_filing_limits", clinic.slug, key)
    context = {
        "payer": row,
        "pack": pack,
        "stated": limit_words(pack, today_at(clinic), in_network=row.in_network),
        "limits": FilingLimit.objects.filter(payer=row.payer).order_by(F("valid_from").desc(nulls_last=True)),
        "others": ClinicPayer.objects.filter(payer=row.payer).exclude(pk=key),
        "form": form,
    }
    return render(request, "practice/setup/filing_limits.html", context, status=422 if form.errors else 200)


@require_POST
@clinic_page(Can.SET_UP, area="setup")
def remove(request: ClinicRequest, key: UUID, limit: UUID) -> HttpResponse:
    """Take a limit out that was entered by mistake."""
    row, _pack = _payer(request, key)
    found = FilingLimit.objects.filter(pk=limit, payer=row.payer).first()
    if found is None:
        raise Http404
    remove_limit(found)
    request.access.record("delete", "filing limit", limit, detail=f"{row.payer}: {found}")
    messages.success(request, "The limit is taken out.")
    return redirect("setup_filing_limits", request.access.clinic.slug, key)


def _payer(request: ClinicRequest, key: UUID) -> tuple[ClinicPayer, Payer]:
    """The payer and its file. Raises `Http404` where there is none, or no contract sets this payer's limit."""
    row = ClinicPayer.objects.filter(pk=key).first()
    pack = None if row is None else known_payers(request.access.clinic).get(row.payer)
    if row is None or pack is None or not has_contracts(pack):
        raise Http404
    return row, pack
