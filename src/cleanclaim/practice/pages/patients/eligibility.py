"""What was found out about a coverage: asked of the payer, read off a portal, told by the patient."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.http import require_http_methods

from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.form_fields import AnswerField, DayField, MoneyField, Styled
from cleanclaim.practice.models import EligibilityAnswer
from cleanclaim.practice.pages.patients.coverages import coverage_or_404
from cleanclaim.practice.pages.patients.entering import Groups, form_page
from cleanclaim.practice.pages.patients.payer_choice import payer_kind

_MEDICARE = ("home_health_open", "part_a_stay", "hospice", "other_payer_first")
_PROTECTED = ("qmb",)


class EligibilityForm(Styled, forms.ModelForm[EligibilityAnswer]):
    """One answer. What was not asked stays not known: it is never taken for a no."""

    asked_on = DayField(label="asked on")
    source = forms.CharField(
        label="how",
        max_length=80,
        help_text="Such as: eligibility answer (271), portal, telephone with a reference number.",
    )
    is_active = AnswerField(label="coverage in force")
    home_health_open = AnswerField(label="home health plan open")
    part_a_stay = AnswerField(label="Part A stay")
    hospice = AnswerField(label="hospice elected")
    other_payer_first = AnswerField(label="another payer comes first")
    qmb = AnswerField(label="Qualified Medicare Beneficiary (QMB)")
    at_least_cents = MoneyField(label="therapy dollars used, at least", required=False)
    at_most_cents = MoneyField(label="therapy dollars used, at most", required=False)
    deductible_met_cents = MoneyField(label="deductible met", required=False)
    visits_remaining = forms.IntegerField(
        label="visits the payer still pays", min_value=0, max_value=999, required=False
    )

    class Meta:
        model = EligibilityAnswer
        fields: ClassVar[list[str]] = [
            "asked_on",
            "source",
            "is_active",
            "home_health_open",
            "part_a_stay",
            "hospice",
            "other_payer_first",
            "qmb",
            "year",
            "at_least_cents",
            "at_most_cents",
            "deductible_met_cents",
            "visits_remaining",
        ]

    def __init__(self, *arguments: Any, kind: str, today: Any, **options: Any) -> None:  # noqa: ANN401 - a form's own
        super().__init__(*arguments, **options)
        self.today = today
        self.groups: Groups = [("answer", "The answer", ("asked_on", "source", "is_active", "visits_remaining"))]
        asked = {"medicare_b": (*_MEDICARE, *_PROTECTED), "medicare_advantage": _PROTECTED}.get(kind, ())
        if asked:
            self.groups = [*self.groups, ("medicare", "What Medicare must be asked", asked)]
        for name in {*_MEDICARE, *_PROTECTED} - set(asked):
            del self.fields[name]
        dollars = ("year", "at_least_cents", "at_most_cents", "deductible_met_cents")
        self.groups = [*self.groups, ("dollars", "Dollars of the year, of all providers", dollars)]
        self.fields["asked_on"].widget.attrs["max"] = str(today)

    def clean(self) -> dict[str, Any]:
        """Asked by today; dollars with their year, the least no more than the most."""
        entered: dict[str, Any] = super().clean() or self.cleaned_data
        asked, least, most = (entered.get(name) for name in ("asked_on", "at_least_cents", "at_most_cents"))
        if asked and asked > self.today:
            self.add_error("asked_on", "Expected a day that has come.")
        if least is not None and most is not None and most < least:
            self.add_error("at_most_cents", "Expected no less than the amount before it.")
        if most is not None and least is None:
            self.add_error("at_least_cents", "Expected an amount; 0.00 where nothing is known to be used.")
        if (least is not None or most is not None) and not entered.get("year") and "year" not in self.errors:
            self.add_error("year", "Expected the year that the dollars belong to.")
        if entered.get("year") and asked and entered["year"] not in {asked.year, asked.year - 1}:
            self.add_error("year", "Expected the year of the question, or the one before.")
        return entered


@require_http_methods(["GET", "POST"])
@clinic_page(Can.EDIT_PATIENTS, area="patients")
def new(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Write down an answer. Answers are added, never changed: a later one counts before an earlier one."""
    coverage = coverage_or_404(key)
    today = today_at(request.access.clinic)
    form = EligibilityForm(
        request.POST or None,
        kind=payer_kind(request.access.clinic, coverage.payer),
        today=today,
        initial={"asked_on": today, "year": today.year},
    )
    if not form.is_bound or not form.is_valid():
        title = f"Eligibility answer of {coverage} for {coverage.patient}"
        return form_page(request, form, title=title, patient=coverage.patient, submit="Save")
    answer = form.save(commit=False)
    answer.clinic, answer.coverage = request.access.clinic, coverage
    answer.save()
    told = [name for name in form.cleaned_data if form.cleaned_data[name] not in (None, "")]
    request.access.record("create", "eligibility", answer.id, detail=", ".join(told))
    messages.success(request, "The answer is kept.")
    return redirect("patient", request.access.clinic.slug, coverage.patient_id)


urlpatterns = [path("coverages/<uuid:key>/eligibility/new/", new, name="eligibility_new")]
