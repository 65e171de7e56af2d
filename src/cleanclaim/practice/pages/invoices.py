"""A billing company's invoices to its clinics: the agreed rate, what a month comes to, invoices as they were issued."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.views.decorators.http import require_GET, require_POST

from cleanclaim.forms.invoice import percent
from cleanclaim.forms.problems import FormNotPrintableError
from cleanclaim.practice import audit_trail, tenancy
from cleanclaim.practice.engine.books import invoicing as engine
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.form_fields import DayField
from cleanclaim.practice.models import BillingRate, Clinic, Company, Invoice, Membership, Role, User
from cleanclaim.practice.pages.claims.papers import pdf
from cleanclaim.receivables.invoices import InvoiceError, InvoicePart

_LATEST = 12
_PER_PERCENT = 100


class RateForm(forms.Form):
    """A clinic's rate from a day on, in percent of what is collected."""

    slug = forms.SlugField()
    percent = forms.DecimalField(min_value=0, max_value=50, max_digits=4, decimal_places=2)
    valid_from = DayField()


class IssueForm(forms.Form):
    """A clinic and a day of the month to invoice."""

    slug = forms.SlugField()
    month = DayField()


@dataclass(frozen=True, slots=True)
class Line:
    """A clinic with its rate, what its last month comes to or why nothing can be asked, and its invoices."""

    clinic: Clinic
    rate: BillingRate | None
    rate_words: str
    month: date
    parts: Sequence[InvoicePart]
    problem: str
    is_issued: bool
    invoices: Sequence[Invoice]

    @property
    def collected_cents(self) -> int:
        """What was collected in the month."""
        return sum(one.collected_cents for one in self.parts)

    @property
    def fee_cents(self) -> int:
        """What the month comes to."""
        return sum(one.fee_cents for one in self.parts)


@require_GET
@login_required
def invoices(request: HttpRequest, key: UUID) -> HttpResponse:
    """The clinics of the company that the person owns, each with its last month."""
    company, clinics = _owned(request, key)
    context = {"company": company, "lines": [_line(clinic) for clinic in clinics]}
    return render(request, "practice/company/invoices.html", context)


def _line(clinic: Clinic) -> Line:
    today = today_at(clinic)
    begins, ends = engine.month_of(today.replace(day=1) - timedelta(days=1))
    with tenancy.scope([clinic.pk]):
        found: Sequence[InvoicePart] = ()
        problem = ""
        try:
            found = engine.asked(begins, ends)
        except InvoiceError as error:
            problem = f"{error}."
        rate = BillingRate.objects.filter(valid_from__lte=today).first()
        issued = list(Invoice.objects.defer("content")[:_LATEST])
        is_issued = Invoice.objects.filter(begins_on=begins).exists()
    words = percent(rate.rate_e4) if rate else ""
    return Line(clinic, rate, words, begins, found, problem, is_issued, issued)


@require_POST
@login_required
def rate(request: HttpRequest, key: UUID) -> HttpResponse:
    """Agree on a rate with a clinic from a day on."""
    company, clinics = _owned(request, key)
    form = RateForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Expected a rate from 0 to 50 percent, and the day from which it holds.")
        return redirect("company_invoices", company.pk)
    clinic = _named(clinics, form.cleaned_data["slug"])
    share: Decimal = form.cleaned_data["percent"]
    with tenancy.scope([clinic.pk]):
        try:
            row = engine.agree(clinic, _user(request), int(share * _PER_PERCENT), form.cleaned_data["valid_from"])
        except InvoiceError as error:
            messages.error(request, f"Nothing changed: {error}.")
        else:
            audit_trail.record(clinic.pk, _user(request), "create", "rate", row.pk)
            messages.success(request, f"{clinic.name}: {percent(row.rate_e4)} from {row.valid_from} on.")
    return redirect("company_invoices", company.pk)


@require_POST
@login_required
def issue(request: HttpRequest, key: UUID) -> HttpResponse:
    """Issue the invoice of a month that is over."""
    company, clinics = _owned(request, key)
    form = IssueForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Expected a clinic and a month.")
        return redirect("company_invoices", company.pk)
    clinic = _named(clinics, form.cleaned_data["slug"])
    with tenancy.scope([clinic.pk]):
        try:
            row = engine.issue(clinic, _user(request), form.cleaned_data["month"])
        except (InvoiceError, FormNotPrintableError) as error:
            messages.error(request, f"No invoice was issued: {error}.")
        else:
            audit_trail.record(clinic.pk, _user(request), "create", "invoice", row.pk)
            messages.success(request, f"Invoice {row.number} is issued.")
    return redirect("company_invoices", company.pk)


@require_GET
@login_required
def paper(request: HttpRequest, key: UUID, invoice: UUID) -> HttpResponse:
    """An invoice as it was issued, as PDF."""
    _company, clinics = _owned(request, key)
    with tenancy.scope([clinic.pk for clinic in clinics]):
        row = Invoice.objects.filter(pk=invoice).first()
        if row is None:
            raise Http404
    with tenancy.scope([row.clinic_id]):
        audit_trail.record(row.clinic_id, _user(request), "export", "invoice", row.pk)
    return pdf(row.content.data, f"{row.number}.pdf")


def _owned(request: HttpRequest, key: UUID) -> tuple[Company, list[Clinic]]:
    """A company and its clinics that the person owns. Raises `Http404` for who owns none."""
    own = Membership.objects.filter(user_id=_user(request).pk, clinic__company_id=key, role=Role.OWNER.value)
    clinics = [item.clinic for item in own.select_related("clinic__company").order_by("clinic__name")]
    if not clinics:
        raise Http404
    return clinics[0].company, clinics


def _named(clinics: Sequence[Clinic], slug: str) -> Clinic:
    for clinic in clinics:
        if clinic.slug == slug:
            return clinic
    raise Http404


def _user(request: HttpRequest) -> User:
    user: Any = request.user
    return cast("User", user)


urlpatterns: list[URLPattern] = [
    path("company/<uuid:key>/invoices/", invoices, name="company_invoices"),
    path("company/<uuid:key>/invoices/rate/", rate, name="company_rate"),
    path("company/<uuid:key>/invoices/issue/", issue, name="company_issue"),
    path("company/<uuid:key>/invoices/<uuid:invoice>/", paper, name="company_invoice"),
]
