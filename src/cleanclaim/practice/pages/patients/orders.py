"""Orders and referrals as they reach the clinic, and the plan of care that rests on one."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST

from cleanclaim.facts.identity.numbers import npi_state
from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.form_fields import DayField, Styled
from cleanclaim.practice.models import Clinic, Patient, PlanOfCare, Provider, Referral
from cleanclaim.practice.pages.patients.entering import Groups, form_page, patient_or_404
from cleanclaim.records import Credential
from cleanclaim.reference import icd10

_REFERRING = [Credential.MD, Credential.DO, Credential.NP, Credential.PA, Credential.CNS, Credential.DPM, Credential.DC]
_NPI_WORDS = {
    "absent": "Expected ten digits.",
    "malformed": "Expected ten digits.",
    "check_digit": "The last digit does not fit the others: one of them is mistyped.",
}


class OrderForm(Styled, forms.ModelForm[Referral]):
    """An order: who signed it and when, for what. Whoever is not in the list yet is entered below it."""

    by: forms.ModelChoiceField[Provider] = forms.ModelChoiceField(
        None, required=False, label="signed by", empty_label="somebody new"
    )
    on = DayField(label="signed on")
    received_on = DayField(label="received on", required=False)
    valid_through = DayField(label="good through", required=False)
    visits_ordered = forms.IntegerField(label="visits ordered", min_value=1, max_value=365, required=False)
    diagnoses = forms.CharField(
        label="diagnoses", required=False, help_text="ICD-10 codes by commas, as the order names them."
    )
    family_name = forms.CharField(max_length=60, required=False)
    given_name = forms.CharField(max_length=35, required=False)
    credential = forms.ChoiceField(
        choices=[("", "choose"), *((one.value, one.value) for one in _REFERRING)], required=False
    )
    npi = forms.CharField(
        label="NPI", max_length=10, required=False, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )

    groups: ClassVar[Groups] = (
        ("order", "Order", ("by", "on", "received_on", "valid_through", "visits_ordered", "diagnoses")),
        ("provider", "Somebody new", ("family_name", "given_name", "credential", "npi")),
    )

    class Meta:
        model = Referral
        fields: ClassVar[list[str]] = ["by", "on", "received_on", "valid_through", "visits_ordered", "diagnoses"]

    def __init__(self, *arguments: Any, today: Any, **options: Any) -> None:  # noqa: ANN401 - a form's own
        super().__init__(*arguments, **options)
        self.today = today
        self.fields["by"].queryset = Provider.objects.filter(treats=False)  # type: ignore[attr-defined]
        self.initial["diagnoses"] = ", ".join(self.instance.diagnoses or ())
        for name in ("on", "received_on"):
            self.fields[name].widget.attrs["max"] = str(today)

    def clean_diagnoses(self) -> list[str]:
        """ICD-10 codes, each once, each of them listed."""
        codes = list(dict.fromkeys(self.cleaned_data["diagnoses"].upper().replace(",", " ").split()))
        unknown = [code for code in codes if icd10.get(code) is None]
        if unknown:
            raise ValidationError(f"Expected ICD-10 codes; {', '.join(unknown)} is not listed.")
        return codes

    def clean(self) -> dict[str, Any]:
        """Somebody from the list or somebody new with a good NPI; days that have come, in order."""
        entered: dict[str, Any] = super().clean() or self.cleaned_data
        for name in ("on", "received_on"):
            if entered.get(name) and entered[name] > self.today:
                self.add_error(name, "Expected a day that has come.")
        if entered.get("on") and entered.get("received_on") and entered["received_on"] < entered["on"]:
            self.add_error("received_on", "Expected a day on or after the one it was signed on.")
        if not entered.get("by"):
            for name in ("family_name", "given_name", "credential"):
                if not entered.get(name):
                    self.add_error(name, "Expected, as nobody is chosen from the list.")
            (state,) = npi_state(entered.get("npi", ""))
            if state in _NPI_WORDS:
                self.add_error("npi", _NPI_WORDS[state])
        return entered

    def provider(self, clinic: Clinic) -> Provider:
        """Who signed: from the list, by NPI where the new one is known already, else made."""
        entered = self.cleaned_data
        if entered["by"] is not None:
            chosen: Provider = entered["by"]
            return chosen
        known: Provider | None = Provider.objects.filter(treats=False, npi=entered["npi"]).first()
        if known is not None:
            return known
        found: Provider
        found, _made = Provider.objects.get_or_create(
            clinic=clinic,
            key=entered["npi"],
            defaults={name: entered[name] for name in ("family_name", "given_name", "credential", "npi")}
            | {"treats": False},
        )
        return found


@require_http_methods(["GET", "POST"])
@clinic_page(Can.EDIT_PATIENTS, area="patients")
def new(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Keep an order. A plan of care without one, established on or after its day, rests on it at once."""
    patient = patient_or_404(key)
    today = today_at(request.access.clinic)
    form = OrderForm(request.POST or None, today=today, initial={"received_on": today})
    if not form.is_bound or not form.is_valid():
        return form_page(request, form, title=f"An order for {patient}", patient=patient, submit="Save")
    with transaction.atomic():
        order = form.save(commit=False)
        order.clinic, order.patient, order.by = request.access.clinic, patient, form.provider(request.access.clinic)
        order.save()
        plan = next((one for one in plans_without_order(patient) if one.established_on >= order.on), None)
        if plan is not None:
            put_onto(order, plan)
    request.access.record("create", "referral", order.id, detail="onto the plan" if plan is not None else "")
    messages.success(request, "The order is kept, and the plan of care rests on it." if plan else "The order is kept.")
    return redirect("patient", request.access.clinic.slug, patient.pk)


@require_POST
@clinic_page(Can.EDIT_PATIENTS, area="patients")
def attach(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Let the patient's latest plan of care without an order rest on this one."""
    order = Referral.objects.select_related("patient", "by").filter(pk=key).first()
    if order is None:
        raise Http404
    with transaction.atomic():
        plan = next(iter(plans_without_order(order.patient)), None)
        if plan is not None:
            put_onto(order, plan)
    if plan is None:
        messages.warning(request, "No plan of care is without an order; nothing was done.")
    else:
        request.access.record("change", "plan", plan.id, detail="order_on, order_by, has_order")
        messages.success(request, "The plan of care rests on this order.")
    return redirect("patient", request.access.clinic.slug, order.patient_id)


def plans_without_order(patient: Patient) -> list[PlanOfCare]:
    """The patient's plans of care that name no order, the latest first; locked."""
    rows = PlanOfCare.objects.select_for_update().filter(patient=patient, order_on=None).order_by("-established_on")
    return list(rows)


def put_onto(order: Referral, plan: PlanOfCare) -> None:
    """Let a plan of care rest on an order."""
    plan.order_on, plan.order_by, plan.has_order = order.on, order.by, True
    plan.save_if_unchanged(plan.version, "order_on", "order_by", "has_order")
    order.plan = plan
    order.save(update_fields=["plan", "changed_at"])


urlpatterns = [
    path("patients/<uuid:key>/orders/new/", new, name="order_new"),
    path("orders/<uuid:key>/attach/", attach, name="order_attach"),
]
