"""One estimate: asked for, made, shown, given, held to what was billed."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cleanclaim.forms.problems import FormNotPrintableError
from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.engine.patients import notices as engine
from cleanclaim.practice.engine.patients.notices import Due
from cleanclaim.practice.form_fields import DayField, Styled
from cleanclaim.practice.models import (
    GivenBy,
    GoodFaithEstimate,
    Patient,
    PlanOfCare,
    SelfPayReason,
    StaleRowError,
    Visit,
    VisitStatus,
)
from cleanclaim.practice.pages.claims.papers import pdf
from cleanclaim.practice.pages.notices.estimate_form import REASONS, EstimateForm, first_shown
from cleanclaim.practice.pages.notices.money_only import with_money
from cleanclaim.practice.pages.patients.entering import form_page, patient_or_404
from cleanclaim.receivables.estimates import EstimateError, Standing, Trigger, deadline
from cleanclaim.records import VisitKind
from cleanclaim.reference import procedures

_GIVEN = {GivenBy.HAND.value: "in hand", GivenBy.MAIL.value: "by mail", GivenBy.ELECTRONIC.value: "electronically"}
_STANDINGS = {
    Standing.WITHIN: ("tag-good", "within the estimate"),
    Standing.NEAR: ("tag-warn", "one more visit may be disputed"),
    Standing.DISPUTABLE: ("tag-bad", "the patient may dispute the bill"),
    Standing.NO_DATA: ("", "no rule is known"),
}


@require_http_methods(["GET", "POST"])
@clinic_page(Can.EDIT_PATIENTS, area="patients")
def new(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Make an estimate: `preview` shows what it comes to, anything else keeps it."""
    access = request.access
    patient = patient_or_404(key)
    owed = _owed(request, patient)
    plan = PlanOfCare.objects.filter(patient=patient).order_by("-established_on").first()
    if request.method == "POST":
        form = EstimateForm(request.POST)
        made = None
        if form.is_valid():
            try:
                made = engine.counted(form.wanted())
                if "preview" not in request.POST:
                    row = engine.make(access.clinic, access.user, owed, form.wanted(), plan)
                    access.record("create", "estimate", row.pk, detail=f"{row.visits} visits")
                    messages.success(request, f"Estimate {row.number} is made. Give it to the patient next.")
                    return redirect("estimate", access.clinic.slug, row.pk)
            except EstimateError as error:
                form.add_error(None, f"{error}.")
            except FormNotPrintableError as error:
                form.add_error("main_service", f"{error.problems[0].found}; expected {error.problems[0].expected}.")
    else:
        signed = Visit.objects.filter(patient=patient, kind=VisitKind.EVALUATION.value, status=VisitStatus.SIGNED.value)
        begins_on = owed.service_on or today_at(access.clinic)
        form = EstimateForm(
            initial=first_shown(
                plan, begins_on, engine.usual_services(patient), owed.reason, is_evaluated=signed.exists()
            )
        )
        made = None
    context = {"patient": patient, "form": form, "rows": form.rows(), "owed": owed, "made": made, "plan": plan}
    context["labels"] = [(item, _label(item.code)) for item in made.items] if made else []
    return render(request, "practice/notices/estimate_form.html", context, status=422 if form.errors else 200)


def _owed(request: ClinicRequest, patient: Patient) -> Due:
    """What is owed to the patient now; where nothing is, an estimate of the clinic's own accord, as of today."""
    clinic = request.access.clinic
    today = today_at(clinic)
    for one in engine.due(clinic, today, patient.pk):
        return one
    told = deadline(Trigger.REQUESTED, today)
    return Due(patient, Trigger.REQUESTED, SelfPayReason.UNINSURED, today, None, told)


class AskedForm(Styled, forms.Form):
    """What the patient asked, and when."""

    what = forms.ChoiceField(
        label="what happened",
        choices=[
            (Trigger.REQUESTED.value, "asked for an estimate, or what care will cost"),
            (Trigger.CHANGED.value, "the care that was estimated has changed"),
        ],
    )
    reason = forms.ChoiceField(label="the patient", choices=REASONS)
    on = DayField(label="on")
    service_on = DayField(label="next visit", required=False, help_text="Needed for a change.")

    def __init__(self, *arguments: Any, today: date, **options: Any) -> None:  # noqa: ANN401 - a form's own
        super().__init__(*arguments, **options)
        self.today = today

    def clean(self) -> dict[str, Any]:
        """A day that has come; for a change, the visit that is next."""
        entered: dict[str, Any] = super().clean() or self.cleaned_data
        if entered.get("on") and entered["on"] > self.today:
            self.add_error("on", "Expected a day that has come.")
        if entered.get("what") == Trigger.CHANGED.value and not entered.get("service_on"):
            self.add_error("service_on", "Expected the next visit: the new estimate is due before it.")
        return entered


@require_http_methods(["GET", "POST"])
@clinic_page(Can.EDIT_PATIENTS, area="patients")
def asked(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Write down that a patient asked for an estimate, or that what was estimated has changed."""
    access = request.access
    patient = patient_or_404(key)
    today = today_at(access.clinic)
    form = AskedForm(request.POST or None, today=today, initial={"on": today})
    if not form.is_bound or not form.is_valid():
        title = f"An estimate for {patient}"
        return form_page(request, form, title=title, patient=patient, submit="Save")
    entered = form.cleaned_data
    row = engine.ask(
        access.clinic, access.user, patient, trigger=Trigger(entered["what"]),
        reason=SelfPayReason(entered["reason"]), on=entered["on"], service_on=entered["service_on"],
    )  # fmt: skip
    access.record("create", "estimate request", row.pk)
    until = f" by {row.due_on:%b} {row.due_on.day}" if row.due_on else ""
    messages.success(request, f"Written down. The estimate is to be given{until}.")
    return redirect("estimate_new", access.clinic.slug, patient.pk)


@require_GET
@clinic_page(Can.SEE_PATIENTS, area="patients")
@with_money
def estimate(request: ClinicRequest, key: UUID) -> HttpResponse:
    """An estimate with what was billed so far, and what it may come to."""
    access = request.access
    row = _row(key)
    access.record("read", "estimate", row.pk)
    today = today_at(access.clinic)
    held = engine.watched(row, engine.self_paying(access.clinic, today), today)
    tone, said = _STANDINGS[held.standing]
    context = {
        "row": row,
        "patient": row.patient,
        "items": [
            {
                "kind": kind, "code": code, "label": _label(code), "units": units, "visits": visits, "cents": cents,
                "first": date.fromisoformat(first), "last": date.fromisoformat(last), "all": units * visits * cents,
            }
            for kind, code, units, visits, cents, first, last in row.items
        ],
        "watch": held,
        "over_cents": held.billed_cents - row.cents,
        "tone": tone,
        "said": said,
        "given_choices": _GIVEN.items(),
        "given_words": _GIVEN.get(row.given_by, ""),
        "today": today,
        "is_late": row.given_on is None and row.due_on is not None and row.due_on < today,
        "may_edit": access.may(Can.EDIT_PATIENTS),
    }  # fmt: skip
    return render(request, "practice/notices/estimate.html", context)


@require_GET
@clinic_page(Can.SEE_PATIENTS, area="patients")
@with_money
def paper(request: ClinicRequest, key: UUID) -> HttpResponse:
    """The estimate as it was made, as PDF."""
    row = _row(key)
    request.access.record("export", "estimate", row.pk, detail="PDF")
    return pdf(row.content.data, f"{row.number}.pdf")


@require_POST
@clinic_page(Can.EDIT_PATIENTS, area="patients")
def given(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Write down when and how the patient was given the estimate; once."""
    access = request.access
    row = _row(key)
    form = _GivenForm(request.POST)
    if row.given_on is not None:
        messages.info(request, "It was given before; nothing changed.")
    elif not form.is_valid() or not row.made_on <= form.cleaned_data["on"] <= today_at(access.clinic):
        messages.error(request, "Expected the day it was given, on or after the day it was made, and not to come.")
    else:
        try:
            answered = engine.give(row, form.cleaned_data["on"], form.cleaned_data["by"])
        except StaleRowError:
            messages.info(request, "Somebody else wrote it down meanwhile; nothing changed.")
        else:
            access.record("change", "estimate", row.pk, detail=f"given, {answered} requests answered")
            messages.success(request, f"Estimate {row.number} is given.")
    return redirect("estimate", access.clinic.slug, row.pk)


class _GivenForm(forms.Form):
    on = DayField()
    by = forms.ChoiceField(choices=list(_GIVEN.items()))


def _row(key: UUID) -> GoodFaithEstimate:
    rows = GoodFaithEstimate.objects.select_related("patient", "made_by", "replaces", "replaced_by")
    found: GoodFaithEstimate = get_object_or_404(rows, pk=key)
    return found


def _label(code: str) -> str:
    found = procedures.get(code)
    return found.label if found else ""
