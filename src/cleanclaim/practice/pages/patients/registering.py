"""Register a patient, or change who they are. Somebody who may be there already is shown before a row is made."""

from __future__ import annotations

import re
from typing import ClassVar
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.http import require_http_methods

from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.form_fields import AnswerField, DayField, PhoneField, StateField, Styled, ZipField
from cleanclaim.practice.models import Patient
from cleanclaim.practice.pages.patients.entering import Groups, form_page, patient_or_404, save_shown
from cleanclaim.practice.pages.patients.searching import perhaps_the_same
from cleanclaim.practice.pages.versions import shown_version
from cleanclaim.reference import postal

_NUMBER = re.compile(r"[A-Za-z0-9-]{1,20}")
_SSN = re.compile(r"(\d{3})-?(\d{2})-?(\d{4})")
_ATTEMPTS = 3


class PatientForm(Styled, forms.ModelForm[Patient]):
    """Who a patient is, where they live, how to reach them, and the accident behind the care if there was one."""

    birth_date = DayField(label="birth date")
    line1 = forms.CharField(label="street", max_length=55)
    city = forms.CharField(max_length=30)
    state = StateField()
    zip_code = ZipField(label="ZIP", max_length=10)
    phone = PhoneField(required=False)
    number = forms.CharField(
        label="patient number",
        max_length=20,
        required=False,
        help_text="On claims in place of the name; left empty, the next.",
    )
    ssn = forms.CharField(
        label="social security number",
        max_length=11,
        required=False,
        help_text="Only where a carrier asks for it. Sealed, and never shown again; left empty, it stays as it is.",
    )
    accident_on = DayField(label="day of the accident", required=False)
    accident_state = StateField(label="state of the accident", required=False)
    good_faith_estimate_on_file = AnswerField(label="good faith estimate on file")

    groups: ClassVar[Groups] = (
        ("identity", "Who", ("family_name", "given_name", "middle_name", "suffix", "birth_date", "sex", "number")),
        ("address", "Where", ("line1", "line2", "city", "state", "zip_code", "phone", "email")),
        ("accident", "Accident behind the care", ("accident_kind", "accident_on", "accident_state")),
        ("estimate", "On file", ("good_faith_estimate_on_file", "ssn")),
    )

    class Meta:
        model = Patient
        fields: ClassVar[list[str]] = [
            "family_name",
            "given_name",
            "middle_name",
            "suffix",
            "birth_date",
            "sex",
            "number",
            "line1",
            "line2",
            "city",
            "state",
            "zip_code",
            "phone",
            "email",
            "accident_kind",
            "accident_on",
            "accident_state",
            "good_faith_estimate_on_file",
        ]

    def __init__(self, *arguments: object, today: object, **options: object) -> None:
        self.today = today
        super().__init__(*arguments, **options)
        self.fields["sex"].choices = [("", "choose"), *Patient._meta.get_field("sex").choices]  # type: ignore[attr-defined, misc] # noqa: SLF001 - Django's public door
        self.fields["accident_kind"].choices = [("", "none"), *Patient._meta.get_field("accident_kind").choices]  # type: ignore[attr-defined, misc] # noqa: SLF001 - the same
        self.fields["birth_date"].widget.attrs["max"] = str(today)

    def clean_birth_date(self) -> object:
        """The birth date: a day that has come."""
        day = self.cleaned_data["birth_date"]
        if day > self.today:
            raise ValidationError("Expected a day that has come.")
        return day

    def clean_number(self) -> str:
        """The patient number: letters, digits and hyphens, nobody else's."""
        number: str = self.cleaned_data["number"] or self.instance.number
        if number and not _NUMBER.fullmatch(number):
            raise ValidationError("Expected letters, digits and hyphens.")
        if number and Patient.objects.filter(number=number).exclude(pk=self.instance.pk).exists():
            raise ValidationError("Another patient has this number.")
        return number

    def clean_ssn(self) -> str:
        """Nine digits, or nothing."""
        text: str = self.cleaned_data["ssn"]
        match = _SSN.fullmatch(text)
        if text and match is None:
            raise ValidationError("Expected nine digits.")
        return "".join(match.groups()) if match else ""

    def clean(self) -> dict[str, object]:
        """ZIP code and state belong together; an accident has its kind and its day, one by car its state."""
        entered: dict[str, object] = super().clean() or self.cleaned_data
        lies_in = postal.states_of_zip(str(entered.get("zip_code", "")))
        if lies_in and entered.get("state") and entered["state"] not in lies_in:
            self.add_error("zip_code", f"This ZIP code lies in {', '.join(sorted(lies_in))}.")
        kind, day = entered.get("accident_kind"), entered.get("accident_on")
        if kind and not day:
            self.add_error("accident_on", "Expected the day, as a kind of accident is given.")
        if day and not kind:
            self.add_error("accident_kind", "Expected what kind of accident it was, as its day is given.")
        if kind == "auto" and not entered.get("accident_state"):
            self.add_error("accident_state", "Expected the state in which the motor-vehicle accident happened.")
        return entered


@require_http_methods(["GET", "POST"])
@clinic_page(Can.EDIT_PATIENTS, area="patients")
def new(request: ClinicRequest) -> HttpResponse:
    """Register a patient; who may be the same person is shown first, and can be registered anyway."""
    form = PatientForm(request.POST or None, today=today_at(request.access.clinic))
    title = "Register a patient"
    if not form.is_bound or not form.is_valid():
        return form_page(request, form, title=title, patient=None, submit="Register")
    alike = [] if request.POST.get("anyway") == "1" else list(perhaps_the_same(form.cleaned_data)[:5])
    if alike:
        request.access.record("list", "patient", detail=f"{len(alike)} alike, before registering")
        return form_page(request, form, title=title, patient=None, submit="Register", more={"alike": alike})
    patient = _register(request, form)
    request.access.record("create", "patient", patient.id, detail="identity")
    messages.success(request, "Registered. What the first claim still needs is listed below.")
    return redirect("patient", request.access.clinic.slug, patient.pk)


def _register(request: ClinicRequest, form: PatientForm) -> Patient:
    """Make the row. Of two who are given the next number at once, the second is given the one after it."""
    patient: Patient = form.save(commit=False)
    patient.clinic = request.access.clinic
    patient.ssn = form.cleaned_data["ssn"] or None
    is_numbered = bool(patient.number)
    for attempt in range(_ATTEMPTS):
        patient.number = patient.number if is_numbered else next_number()
        try:
            with transaction.atomic():
                patient.save(force_insert=True)
        except IntegrityError:
            if is_numbered or attempt == _ATTEMPTS - 1:
                raise
        else:
            break
    return patient


def next_number() -> str:
    """The number after the highest one of the clinic: the letters before it are kept, as are its leading zeros."""
    shaped = re.compile(r"([A-Za-z-]*)(\d+)")
    held = [match for text in Patient.objects.values_list("number", flat=True) if (match := shaped.fullmatch(text))]
    if not held:
        return "P1001"
    last = max(held, key=lambda match: int(match[2]))
    return f"{last[1]}{int(last[2]) + 1:0{len(last[2])}d}"


@require_http_methods(["GET", "POST"])
@clinic_page(Can.EDIT_PATIENTS, area="patients")
def edit(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Change who a patient is; refused where somebody else changed them since the form was shown."""
    patient = patient_or_404(key)
    title = f"Edit {patient}"
    form = PatientForm(request.POST or None, instance=patient, today=today_at(request.access.clinic))
    if not form.is_bound or not form.is_valid():
        if not form.is_bound:
            request.access.record("read", "patient", patient.id, detail="identity, to edit")
        return form_page(request, form, title=title, patient=patient, row=patient)
    fields = list(PatientForm.Meta.fields)
    if form.cleaned_data["ssn"]:
        patient.ssn = form.cleaned_data["ssn"]
        fields.append("ssn")
    form.save(commit=False)
    if not save_shown(patient, shown_version(request), fields):
        return form_page(request, form, title=title, patient=patient, row=patient, is_stale=True)
    changed = [name for name in form.changed_data if name in fields]
    request.access.record("change", "patient", patient.id, detail=", ".join(changed))
    messages.success(request, "Saved.")
    return redirect("patient", request.access.clinic.slug, patient.pk)


@require_http_methods(["POST"])
@clinic_page(Can.EDIT_PATIENTS, area="patients")
def set_active(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Put a patient aside, or take them back: an inactive one is kept and found, and left out of lists."""
    patient = patient_or_404(key)
    patient.is_active = request.POST.get("active") == "1"
    if save_shown(patient, shown_version(request), ["is_active"]):
        request.access.record("change", "patient", patient.id, detail="is_active")
    else:
        messages.warning(request, "Somebody else changed this patient meanwhile; nothing was done.")
    return redirect("patient", request.access.clinic.slug, patient.pk)


urlpatterns = [
    path("patients/new/", new, name="patient_new"),
    path("patients/<uuid:key>/edit/", edit, name="patient_edit"),
    path("patients/<uuid:key>/active/", set_active, name="patient_active"),
]
