"""What is agreed with one patient: payment in parts, and a test of need by the clinic's scale."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_POST

from cleanclaim.money import dollars
from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.engine.ledger.patient_accounts import account_of, rules_of, rules_to_give_up
from cleanclaim.practice.form_fields import DayField, MoneyField, Styled
from cleanclaim.practice.models import Document, NeedTest, PaymentPlan, StaleRowError
from cleanclaim.practice.pages.accounts.entering import form_page, patient_or_404
from cleanclaim.receivables.giving_up import part_for


class PlanForm(Styled, forms.ModelForm[PaymentPlan]):
    """So much in all, so much at a time, from a day on."""

    total_cents = MoneyField(label="in all, in dollars")
    installment_cents = MoneyField(label="at a time, in dollars")
    first_due_on = DayField(label="first due on")

    class Meta:
        model = PaymentPlan
        fields = ("total_cents", "installment_cents", "every", "first_due_on")

    def clean(self) -> dict[str, Any]:
        """Parts above zero, none larger than the whole, and not more of them than ten years hold."""
        entered: dict[str, Any] = super().clean() or self.cleaned_data
        total, part = entered.get("total_cents"), entered.get("installment_cents")
        if total is not None and total <= 0:
            self.add_error("total_cents", "Expected dollars above zero.")
        elif total and part is not None and not 0 < part <= total:
            self.add_error("installment_cents", "Expected dollars above zero, and at most the whole.")
        elif total and part and total > part * 120:
            self.add_error("installment_cents", "Expected parts large enough that 120 of them pay the whole.")
        return entered


@require_http_methods(["GET", "POST"])
@clinic_page(Can.SEE_PATIENTS, Can.TAKE_PAYMENTS, area="patients")
def plan_new(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Agree on payments in parts."""
    access = request.access
    person = patient_or_404(key)
    today = today_at(access.clinic)
    due = account_of(person.pk).balance(today).due_cents
    form = PlanForm(request.POST or None, initial={"total_cents": max(0, due), "first_due_on": today})
    problem = ""
    if PaymentPlan.objects.filter(patient=person, ended_on=None).exists():
        problem = "there is a plan already; end it first" if form.is_bound else ""
    if form.is_bound and form.is_valid() and not problem:
        row = form.save(commit=False)
        row.clinic, row.patient, row.agreed_on, row.agreed_by = access.clinic, person, today, access.user
        row.save()
        access.record("create", "payment_plan", row.pk)
        messages.success(request, "The plan is kept; statements ask for what is due by it.")
        return redirect("patient_account", access.clinic.slug, person.pk)
    return form_page(
        request,
        form,
        title="A payment plan",
        back=reverse("patient_account", args=[access.clinic.slug, person.pk]),
        back_label=str(person),
        submit="Agree",
        about=f"The account shows {dollars(max(0, due))} to pay.",
        problem=problem,
    )


@require_POST
@clinic_page(Can.SEE_PATIENTS, Can.TAKE_PAYMENTS, area="patients")
def plan_end(request: ClinicRequest, key: UUID) -> HttpResponse:
    """End a plan: it was kept, or broken, or another is agreed on."""
    access = request.access
    row = PaymentPlan.objects.filter(pk=key, ended_on=None).first()
    if row is None:
        raise Http404
    row.ended_on, row.ended_because = today_at(access.clinic), request.POST.get("because", "").strip()[:100]
    try:
        row.save_if_unchanged(row.version, "ended_on", "ended_because")
    except StaleRowError:
        messages.error(request, "Somebody else changed the plan meanwhile; nothing was done.")
    else:
        access.record("change", "payment_plan", row.pk, detail="ended")
        messages.success(request, "The plan is ended; what is left is due as any balance.")
    return redirect("patient_account", access.clinic.slug, row.patient_id)


class NeedForm(Styled, forms.Form):
    """What need is tested by."""

    household = forms.IntegerField(label="people in the household", min_value=1, max_value=30)
    income = MoneyField(label="income of the household in a year, in dollars")
    read_off = forms.CharField(
        max_length=200, label="read off what", help_text="Such as two pay slips, or the letter of an agency."
    )
    evidence = forms.ChoiceField(required=False, label="stored as")


@require_http_methods(["GET", "POST"])
@clinic_page(Can.WORK_CLAIMS, area="patients")
def need_new(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Test one patient's need by the clinic's scale, and write down what it found."""
    access = request.access
    person = patient_or_404(key)
    rules = rules_of(access.clinic)
    scale = rules_to_give_up(rules).scale
    form = NeedForm(request.POST or None)
    documents = Document.objects.filter(patient=person).defer("content")
    stored = {str(row.pk): row for row in documents}
    form.fields["evidence"].choices = [  # type: ignore[attr-defined]
        ("", "not stored"),
        *((key, f"{row.get_kind_display()} of {row.created_at:%Y-%m-%d}") for key, row in stored.items()),
    ]
    problem = "" if scale else "the clinic has no scale of need yet; set it up first"
    if form.is_bound and form.is_valid() and not problem:
        entered, today = form.cleaned_data, today_at(access.clinic)
        part = part_for(scale, entered["household"], entered["income"])
        row = NeedTest.objects.create(
            clinic=access.clinic,
            patient=person,
            tested_on=today,
            valid_through=today + timedelta(days=rules.hardship_days),
            answers={"household": entered["household"], "income_cents": entered["income"], "by": entered["read_off"]},
            part_e4=part,
            evidence=stored.get(entered["evidence"]),
            tested_by=access.user,
        )
        access.record("create", "need_test", row.pk)
        found = f"up to {part / 100:g}% of a balance may be given up" if part else "no need by the clinic's scale"
        messages.success(request, f"The test is kept: {found}, through {row.valid_through:%B %d, %Y}.")
        return redirect("patient_account", access.clinic.slug, person.pk)
    return form_page(
        request,
        form,
        title="A test of need",
        back=reverse("patient_account", args=[access.clinic.slug, person.pk]),
        back_label=str(person),
        submit="Test and keep",
        about="One scale for everybody. What it finds bounds a write-off for need; it writes off nothing by itself."
        if scale
        else "The clinic has no scale of need yet. Set it up first, under the rules of the statements.",
        problem=problem if form.is_bound else "",
    )


urlpatterns = [
    path("patients/<uuid:key>/account/plan/", plan_new, name="payment_plan_new"),
    path("payments/plans/<uuid:key>/end/", plan_end, name="payment_plan_end"),
    path("patients/<uuid:key>/account/need/", need_new, name="need_new"),
]
