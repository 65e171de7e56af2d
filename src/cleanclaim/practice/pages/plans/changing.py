"""Write a plan of care and enter how it was certified: a therapist's work, never an assistant's."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from cleanclaim.dates import written
from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.engine.notes.note_form import is_assistant
from cleanclaim.practice.models import Certification, Patient, PlanOfCare, Provider
from cleanclaim.practice.models.rows import StaleRowError
from cleanclaim.records import CertificationMethod
from cleanclaim.reference import icd10


class _Day(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d", attrs={"class": "form-control"})


def _day(label: str, *, required: bool = False, help_text: str = "") -> forms.DateField:
    return forms.DateField(label=label, required=required, help_text=help_text, widget=_Day())


def _number(label: str, most: int) -> forms.IntegerField:
    box = forms.NumberInput(attrs={"class": "form-control"})
    return forms.IntegerField(label=label, required=False, min_value=1, max_value=most, widget=box)


class PlanForm(forms.Form):
    """A plan as a therapist writes it; what is left empty is not known."""

    established_on = _day("Established on", required=True)
    frequency_per_week = _number("Visits a week", 14)
    duration_weeks = _number("For how many weeks", 52)
    goals = forms.CharField(
        label="Goals, one a line", required=False, widget=forms.Textarea(attrs={"class": "form-control", "rows": 4})
    )
    diagnoses = forms.CharField(
        label="Diagnoses", required=False, help_text="codes, by commas",
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )  # fmt: skip
    first_treatment_on = _day("First treatment under it")
    through = _day("Ends on")
    onset_on = _day("Onset")
    sent_on = _day("Sent for certification on")
    has_order = forms.NullBooleanField(
        label="Signed order in the record",
        required=False,
        widget=forms.Select(
            choices=[("unknown", "not said"), ("true", "yes"), ("false", "no")], attrs={"class": "form-select"}
        ),
    )
    columns: ClassVar[tuple[str, ...]] = (
        "established_on", "frequency_per_week", "duration_weeks", "goals", "diagnoses", "first_treatment_on",
        "through", "onset_on", "sent_on", "has_order",
    )  # fmt: skip

    def clean_goals(self) -> list[str] | None:
        """The goals as a list; `None` where nothing was written."""
        goals = [line.strip() for line in self.cleaned_data["goals"].splitlines() if line.strip()]
        return goals or None

    def clean_diagnoses(self) -> list[str]:
        """The codes, each one that the official list holds."""
        codes = [code.strip() for code in self.cleaned_data["diagnoses"].replace(";", ",").split(",") if code.strip()]
        unknown = [code for code in codes if icd10.get(code) is None]
        if unknown:
            raise forms.ValidationError(f"{', '.join(unknown)}: expected codes of ICD-10-CM, as M54.50")
        return [icd10.dotted(icd10.normalize(code)) for code in codes]

    def clean(self) -> dict[str, Any]:
        """Days in their order."""
        values = super().clean() or {}
        begun, ends = values.get("established_on"), values.get("through")
        if begun is not None and ends is not None and ends < begun:
            self.add_error("through", f"expected a day on or after {written(begun)}, when the plan was established")
        return values


class CertificationForm(forms.Form):
    """How a plan was certified. The provider is one that the clinic knows and that does not treat there."""

    method = forms.ChoiceField(
        label="How",
        choices=[
            (CertificationMethod.SIGNED.value, "signed"),
            (CertificationMethod.VERBAL.value, "given verbally"),
            (CertificationMethod.ORDER_EXCEPTION.value, "by a signed order, plan sent in time"),
        ],
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    by = forms.ChoiceField(label="By", required=False, widget=forms.Select(attrs={"class": "form-select"}))
    on = _day("Signed on")
    verbal_on = _day("Given verbally on")
    through = _day("Certified through")
    delay_reason = forms.CharField(
        label="Reason where it was late",
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - Django's own
        super().__init__(*arguments, **options)
        field = self.fields["by"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [
                ("", "not said"),
                *((str(one.pk), str(one)) for one in Provider.objects.filter(treats=False)),
            ]

    def clean(self) -> dict[str, Any]:
        """A signed certification says when it was signed, a verbal one when it was given."""
        values = super().clean() or {}
        if values.get("method") == CertificationMethod.SIGNED.value and values.get("on") is None:
            self.add_error("on", "expected the day of the signature")
        if values.get("method") == CertificationMethod.VERBAL.value and values.get("verbal_on") is None:
            self.add_error("verbal_on", "expected the day it was given")
        return values


def may_change_plan(request: ClinicRequest) -> bool:
    """Whether the person writes plans: a therapist of the clinic, since a plan says who established it."""
    author = request.access.provider
    return request.access.may(Can.WRITE_NOTES) and author is not None and author.treats and not is_assistant(author)


def may_certify(request: ClinicRequest) -> bool:
    """Whether the person enters certifications: who writes plans, and who keeps patients' records."""
    return may_change_plan(request) or request.access.may(Can.EDIT_PATIENTS)


@clinic_page(Can.SEE_NOTES, area="patients")
def new_plan(request: ClinicRequest, patient: UUID) -> HttpResponse:
    """Write a new plan for a patient."""
    found = Patient.objects.filter(pk=patient).first()
    if found is None:
        raise Http404
    author = _require_author(request)
    form = PlanForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        plan = PlanOfCare.objects.create(
            clinic=request.access.clinic,
            patient=found,
            key=f"POC-{uuid.uuid4().hex[:10].upper()}",
            established_by=author.credential,
            **{name: form.cleaned_data[name] for name in PlanForm.columns},
        )
        request.access.record("create", "plan", plan.pk)
        return redirect("plan", request.access.clinic.slug, found.pk)
    return _form_page(request, found, form, None)


@clinic_page(Can.SEE_NOTES, area="patients")
def edit_plan(request: ClinicRequest, plan: UUID) -> HttpResponse:
    """Change a plan."""
    found = PlanOfCare.objects.select_related("patient").filter(pk=plan).first()
    if found is None:
        raise Http404
    _require_author(request)
    if request.method == "POST":
        form = PlanForm(request.POST)
        if form.is_valid():
            changed = [name for name in PlanForm.columns if getattr(found, name) != form.cleaned_data[name]]
            for name in changed:
                setattr(found, name, form.cleaned_data[name])
            version = request.POST.get("version", "")
            try:
                found.save_if_unchanged(int(version) if version.isdecimal() else -1, *changed)
            except StaleRowError:
                form.add_error(None, "Somebody else changed this plan meanwhile. Open it anew to see what it says now.")
                return _form_page(request, found.patient, form, found, status=409)
            request.access.record("change", "plan", found.pk, detail=", ".join(changed))
            return redirect("plan", request.access.clinic.slug, found.patient_id)
        return _form_page(request, found.patient, form, found, status=422)
    values = {name: getattr(found, name) for name in PlanForm.columns}
    values |= {"goals": "\n".join(found.goals or ()), "diagnoses": ", ".join(found.diagnoses)}
    values["has_order"] = {True: "true", False: "false"}.get(found.has_order, "unknown")
    return _form_page(request, found.patient, PlanForm(initial=values), found)


@clinic_page(Can.SEE_NOTES, area="patients")
@require_POST
def certify(request: ClinicRequest, plan: UUID) -> HttpResponse:
    """Enter a certification of a plan."""
    found = PlanOfCare.objects.select_related("patient").filter(pk=plan).first()
    if found is None:
        raise Http404
    if not may_certify(request):
        raise PermissionDenied("an assistant does not enter certifications")
    form = CertificationForm(request.POST)
    if not form.is_valid():
        context = {"patient": found.patient, "plan": found, "form": form}
        return render(request, "practice/plans/certification_form.html", context, status=422)
    values = form.cleaned_data
    by = Provider.objects.filter(pk=values.pop("by") or None).first()
    entered = Certification.objects.create(clinic=request.access.clinic, plan=found, by=by, **values)
    request.access.record("create", "certification", entered.pk, detail=values["method"])
    return redirect("plan", request.access.clinic.slug, found.patient_id)


def _require_author(request: ClinicRequest) -> Provider:
    author = request.access.provider
    if author is None or not may_change_plan(request):
        raise PermissionDenied("a plan of care is a therapist's to write: an assistant carries it out")
    return author


def _form_page(
    request: ClinicRequest, patient: Patient, form: PlanForm, plan: PlanOfCare | None, status: int | None = None
) -> HttpResponse:
    code = status or (422 if form.is_bound else 200)
    return render(request, "practice/plans/form.html", {"patient": patient, "form": form, "plan": plan}, status=code)
