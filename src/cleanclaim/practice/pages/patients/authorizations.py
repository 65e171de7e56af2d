"""Approvals of payers before care: by visits, by units, by codes, between days."""

from __future__ import annotations

import re
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.http import require_http_methods

from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.form_fields import DayField, Styled
from cleanclaim.practice.models import Authorization
from cleanclaim.practice.pages.patients.coverages import coverage_or_404
from cleanclaim.practice.pages.patients.entering import Groups, form_page, save_shown
from cleanclaim.practice.pages.versions import shown_version

_CODE = re.compile(r"[0-9A-Z][0-9]{3}[0-9A-Z]")
_MOST = 9999


def _count(label: str) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=_MOST, required=False)


class AuthorizationForm(Styled, forms.ModelForm[Authorization]):
    """One approval as the payer's letter states it; a limit that it does not state stays empty."""

    number = forms.CharField(max_length=50, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    valid_from = DayField(label="first day", required=False)
    valid_through = DayField(label="last day", required=False)
    visits_allowed = _count("visits authorized")
    visits_used_before = _count("of these used before the visits kept here")
    units_allowed = _count("units authorized")
    units_used_before = _count("of these used before the visits kept here")
    codes = forms.CharField(
        label="codes authorized",
        required=False,
        help_text="Such as 97110, 97140. Left empty, the authorization names none.",
    )

    groups: ClassVar[Groups] = (
        ("authorization", "Authorization", ("number", "valid_from", "valid_through")),
        ("visits", "Visits", ("visits_allowed", "visits_used_before")),
        ("units", "Units", ("units_allowed", "units_used_before")),
        ("codes", "Codes", ("codes",)),
    )

    class Meta:
        model = Authorization
        fields: ClassVar[list[str]] = [
            "number",
            "valid_from",
            "valid_through",
            "visits_allowed",
            "visits_used_before",
            "units_allowed",
            "units_used_before",
            "codes",
        ]

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - a form's own
        super().__init__(*arguments, **options)
        self.initial["codes"] = ", ".join(self.instance.codes or ())

    def clean_codes(self) -> list[str]:
        """Procedure codes, each once, in the order given."""
        found = re.split(r"[,;\s]+", self.cleaned_data["codes"].upper().strip())
        codes = list(dict.fromkeys(code for code in found if code))
        for code in codes:
            if not _CODE.fullmatch(code):
                raise ValidationError("Expected codes of five places, such as 97110 or G0283, by commas.")
        return codes

    def clean(self) -> dict[str, Any]:
        """Days in order; what was used before is known where a limit is stated and no more than it."""
        entered: dict[str, Any] = super().clean() or self.cleaned_data
        begins, ends = entered.get("valid_from"), entered.get("valid_through")
        if begins and ends and ends < begins:
            self.add_error("valid_through", "Expected a day on or after the first one.")
        for what in ("visits", "units"):
            allowed, before = entered.get(f"{what}_allowed"), entered.get(f"{what}_used_before")
            if before is not None and allowed is None:
                self.add_error(f"{what}_allowed", "Expected, as some of them were used.")
            elif before is not None and allowed is not None and before > allowed:
                self.add_error(f"{what}_used_before", "Expected no more than were authorized.")
        return entered


@require_http_methods(["GET", "POST"])
@clinic_page(Can.EDIT_PATIENTS, area="patients")
def new(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Add an approval to a coverage."""
    coverage = coverage_or_404(key)
    form = AuthorizationForm(request.POST or None)
    if not form.is_bound:
        form.initial.update({"visits_used_before": 0, "units_used_before": None})
    if not form.is_bound or not form.is_valid():
        title = f"Authorization of {coverage} for {coverage.patient}"
        return form_page(request, form, title=title, patient=coverage.patient, submit="Add")
    approval = form.save(commit=False)
    approval.clinic, approval.coverage = request.access.clinic, coverage
    approval.save()
    request.access.record("create", "authorization", approval.id)
    messages.success(request, "The authorization was added.")
    return redirect("patient", request.access.clinic.slug, coverage.patient_id)


@require_http_methods(["GET", "POST"])
@clinic_page(Can.EDIT_PATIENTS, area="patients")
def edit(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Change an approval; refused where somebody else changed it since the form was shown."""
    approval = Authorization.objects.select_related("coverage__patient").filter(pk=key).first()
    if approval is None:
        raise Http404
    patient = approval.coverage.patient
    title = f"Authorization of {approval.coverage} for {patient}"
    form = AuthorizationForm(request.POST or None, instance=approval)
    if not form.is_bound or not form.is_valid():
        if not form.is_bound:
            request.access.record("read", "authorization", approval.id, detail="to edit")
        return form_page(request, form, title=title, patient=patient, row=approval)
    if not save_shown(form.save(commit=False), shown_version(request), AuthorizationForm.Meta.fields):
        return form_page(request, form, title=title, patient=patient, row=approval, is_stale=True)
    request.access.record("change", "authorization", approval.id, detail=", ".join(form.changed_data))
    messages.success(request, "Saved.")
    return redirect("patient", request.access.clinic.slug, patient.pk)


urlpatterns = [
    path("coverages/<uuid:key>/authorizations/new/", new, name="authorization_new"),
    path("authorizations/<uuid:key>/", edit, name="authorization_edit"),
]
