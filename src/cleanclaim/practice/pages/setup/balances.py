"""Opening balances: what patients and payers owed when the clinic came over from another system."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Sum
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from cleanclaim.ledger.entries import LedgerError
from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.engine.ledger.opening_balances import bring_forward, take_out
from cleanclaim.practice.form_fields import DayField, MoneyField, Styled
from cleanclaim.practice.models import OpeningBalance, Patient
from cleanclaim.practice.pages.setup.entering import done, form_page, keep

_PAGE = 50


class BalanceForm(Styled, forms.ModelForm[OpeningBalance]):
    """One balance: whose, owed by whom, as of when."""

    number = forms.CharField(label="patient number", max_length=20)
    as_of = DayField(label="as of")
    cents = MoneyField(label="owed, in dollars")
    is_credit = forms.BooleanField(required=False, label="a credit: the clinic owes it")

    class Meta:
        model = OpeningBalance
        fields: ClassVar[list[str]] = ["as_of", "owed_by", "cents", "reference"]
        help_texts: ClassVar[dict[str, str]] = {"reference": "Such as the claim or invoice in the earlier system."}

    field_order = ["number", "owed_by", "cents", "is_credit", "as_of", "reference"]

    def clean_number(self) -> str:
        """The number of a patient of the clinic."""
        number: str = self.cleaned_data["number"].strip()
        found = Patient.objects.filter(number=number).first()
        if found is None:
            raise forms.ValidationError("Expected the number of a patient of this clinic.")
        self.instance.patient = found
        return number

    def clean(self) -> dict[str, Any]:
        """A credit is kept below zero."""
        entered: dict[str, Any] = super().clean() or self.cleaned_data
        if not entered.get("cents") and "cents" not in self.errors:
            self.add_error("cents", "Expected dollars above zero.")
        elif entered.get("is_credit") and entered.get("cents"):
            entered["cents"] = -entered["cents"]
        return entered


@clinic_page(Can.SET_UP, area="setup")
def balances(request: ClinicRequest) -> HttpResponse:
    """All opening balances, with their sums."""
    rows = OpeningBalance.objects.select_related("patient").order_by("patient__family_name", "patient__number", "as_of")
    page = Paginator(rows, _PAGE).get_page(request.GET.get("page"))
    sums = {row["owed_by"]: row["total"] for row in rows.order_by().values("owed_by").annotate(total=Sum("cents"))}
    request.access.record("list", "opening_balance", detail=f"{len(page)} rows")
    return render(request, "practice/setup/balances.html", {"page": page, "sums": sums})


@require_http_methods(["GET", "POST"])
@clinic_page(Can.SET_UP, area="setup")
def add(request: ClinicRequest) -> HttpResponse:
    """Add an opening balance."""
    form = BalanceForm(request.POST or None, initial={"as_of": today_at(request.access.clinic)})
    if form.is_bound and form.is_valid():
        with transaction.atomic():
            keep(request, form, "opening_balance")
            bring_forward(request.access.clinic, request.access.user, form.instance)
        return done(request, "The balance is kept, and stands in the ledger.", "setup_balances")
    return form_page(request, form, title="An opening balance", back="setup_balances")


@require_POST
@clinic_page(Can.SET_UP, area="setup")
def remove(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Take a balance out that was entered by mistake."""
    row = OpeningBalance.objects.filter(pk=key).first()
    if row is None:
        raise Http404
    try:
        with transaction.atomic():
            take_out(request.access.clinic, request.access.user, row)
            request.access.record("delete", "opening_balance", key)
    except LedgerError as error:
        messages.error(request, f"Not taken out: {error}.")
        return redirect("setup_balances", request.access.clinic.slug)
    return done(request, "The balance is taken out.", "setup_balances")
