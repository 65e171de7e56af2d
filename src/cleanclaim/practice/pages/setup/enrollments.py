"""Which therapist is enrolled with which payer, and when: a table of both, and each enrollment's days."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.form_fields import Boxes, DayField, Styled
from cleanclaim.practice.models import Clinic, ClinicPayer, Enrollment, Provider
from cleanclaim.practice.pages.asked_days import day_asked
from cleanclaim.practice.pages.setup.entering import done, form_page, keep
from cleanclaim.practice.templatetags.practice import plural
from cleanclaim.records import Credential

_UNDER_OTHERS = {Credential.PTA.value, Credential.OTA.value, Credential.AIDE.value, Credential.STUDENT.value}
"""Who bills under somebody else's number, and is enrolled with nobody."""


class EnrollmentForm(Styled, forms.ModelForm[Enrollment]):
    """One enrollment: whose, with whom, and from when through when."""

    provider: forms.ModelChoiceField[Provider] = forms.ModelChoiceField(None, label="therapist", empty_label="choose")
    payer: forms.ModelChoiceField[ClinicPayer] = forms.ModelChoiceField(None, empty_label="choose")
    valid_from = DayField(required=False, label="from", help_text="Empty: from before anybody knows.")
    valid_through = DayField(required=False, label="through", help_text="Empty: no end is known.")

    class Meta:
        model = Enrollment
        fields: ClassVar[list[str]] = ["provider", "payer", "valid_from", "valid_through", "payer_provider_number"]
        labels: ClassVar[dict[str, str]] = {"payer_provider_number": "the payer's own number of the therapist"}

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - a form's own
        super().__init__(*arguments, **options)
        self.fields["provider"].queryset = Provider.objects.filter(treats=True).exclude(  # type: ignore[attr-defined]
            credential__in=_UNDER_OTHERS
        )
        self.fields["payer"].queryset = ClinicPayer.objects.all()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Days in their order, and no day twice."""
        entered: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = entered.get("valid_from") or date.min, entered.get("valid_through") or date.max
        if last < first:
            self.add_error("valid_through", f"Expected {first} or later.")
        others = Enrollment.objects.filter(provider=entered.get("provider"), payer__in=self.payers_of(entered))
        for other in others.exclude(pk=self.instance.pk).select_related("payer"):
            if first <= (other.valid_through or date.max) and (other.valid_from or date.min) <= last:
                told = f"Expected days outside the enrollment with {other.payer} that is there: {other}."
                self.add_error("valid_from", told)
        return entered

    def payers_of(self, entered: dict[str, Any]) -> list[ClinicPayer]:
        """With whom, as it was entered."""
        payer: ClinicPayer | None = entered.get("payer")
        return [] if payer is None else [payer]


class NewEnrollmentsForm(EnrollmentForm):
    """A therapist's enrollments with one payer or several, of the same days: each becomes a row of its own."""

    payer = forms.ModelMultipleChoiceField(None, label="payers", widget=Boxes)

    class Meta(EnrollmentForm.Meta):
        fields: ClassVar[list[str]] = ["provider", "valid_from", "valid_through", "payer_provider_number"]

    field_order = ("provider", "valid_from", "valid_through", "payer_provider_number", "payer")

    def clean(self) -> dict[str, Any]:
        """A payer's own number of the therapist is one payer's."""
        entered = super().clean()
        if entered.get("payer_provider_number") and len(self.payers_of(entered)) > 1:
            self.add_error("payer_provider_number", "Expected one payer where its own number is entered.")
        return entered

    def payers_of(self, entered: dict[str, Any]) -> list[ClinicPayer]:
        """With whom, as it was entered."""
        return list(entered.get("payer") or ())

    def rows(self, clinic: Clinic) -> list[Enrollment]:
        """The enrollments, not saved yet."""
        told = {name: self.cleaned_data[name] for name in self.Meta.fields}
        return [Enrollment(clinic=clinic, payer=payer, **told) for payer in self.payers_of(self.cleaned_data)]


@clinic_page(Can.SET_UP, area="setup")
def enrollments(request: ClinicRequest) -> HttpResponse:
    """Therapists by payers on a day (`?on=`): enrolled, ended, to come, or not known."""
    on = day_asked(request)
    held: dict[tuple[UUID, UUID], list[Enrollment]] = defaultdict(list)
    for row in Enrollment.objects.all():
        held[row.provider_id, row.payer_id].append(row)
    payers = list(ClinicPayer.objects.all())
    people = Provider.objects.filter(treats=True).exclude(credential__in=_UNDER_OTHERS)
    rows = [(person, [(payer, *_standing(held[person.pk, payer.pk], on)) for payer in payers]) for person in people]
    return render(request, "practice/setup/enrollments.html", {"on": on, "payers": payers, "rows": rows})


def _standing(rows: list[Enrollment], on: date) -> tuple[str, Enrollment | None]:
    """How a therapist stands with a payer on a day, and the enrollment that says so."""
    for row in rows:
        if (row.valid_from or date.min) <= on <= (row.valid_through or date.max):
            return "enrolled", row
    later = min(
        (row for row in rows if (row.valid_from or date.min) > on),
        key=lambda row: row.valid_from or date.min,
        default=None,
    )
    if later is not None:
        return "to come", later
    ended = max(rows, key=lambda row: row.valid_through or date.min, default=None)
    return ("ended", ended) if ended is not None else ("not known", None)


@require_http_methods(["GET", "POST"])
@clinic_page(Can.SET_UP, area="setup")
def add(request: ClinicRequest) -> HttpResponse:
    """Add a therapist's enrollments with one payer or several; `?provider=` and `?payer=` choose both."""
    initial = {"provider": request.GET.get("provider"), "payer": request.GET.getlist("payer")}
    form = NewEnrollmentsForm(request.POST or None, initial=initial)
    if form.is_bound and form.is_valid():
        with transaction.atomic():
            rows = form.rows(request.access.clinic)
            for row in rows:
                row.save()
                request.access.record("create", "enrollment", row.pk)
        return done(request, f"{plural(len(rows), 'enrollment')} kept.", "setup_enrollments")
    return form_page(request, form, title="Enrollments of a therapist", back="setup_enrollments")


@require_http_methods(["GET", "POST"])
@clinic_page(Can.SET_UP, area="setup")
def edit(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Change an enrollment."""
    row = Enrollment.objects.filter(pk=key).select_related("provider", "payer").first()
    if row is None:
        raise Http404
    title = f"{row.provider} with {row.payer}"
    form = EnrollmentForm(request.POST or None, instance=row)
    is_valid = form.is_bound and form.is_valid()
    if is_valid and keep(request, form, "enrollment"):
        return done(request, "The enrollment is saved.", "setup_enrollments")
    return form_page(request, form, title=title, back="setup_enrollments", row=row, is_stale=is_valid)
