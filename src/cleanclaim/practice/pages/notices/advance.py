"""Advance notices (ABN) of Original Medicare: made, carried onto the government's form, signed, followed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cleanclaim.forms.problems import FormNotPrintableError
from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.engine.patients import advance_notices as engine
from cleanclaim.practice.engine.patients.self_pay import check_again
from cleanclaim.practice.form_fields import DayField, MoneyField, Styled
from cleanclaim.practice.models import AdvanceNotice, Document, DocumentKind, StaleRowError
from cleanclaim.practice.pages.claims.papers import pdf
from cleanclaim.practice.pages.notices.money_only import with_money
from cleanclaim.practice.pages.patients.entering import patient_or_404
from cleanclaim.receivables.advance_notices import consequence
from cleanclaim.records import NoticeChoice, NoticeCoverage
from cleanclaim.reference import advance_notice

ROWS = 3
"""Services on the form of a notice."""
PAGE = 50
COVERAGES = {
    NoticeCoverage.EXPECTED_DENIAL.value: "covered, denial expected",
    NoticeCoverage.EXCLUDED.value: "never covered",
}
CHOICES = {
    NoticeChoice.BILL.value: "1: wants the care, and Medicare billed",
    NoticeChoice.DO_NOT_BILL.value: "2: wants the care, Medicare not billed",
    NoticeChoice.NO_CARE.value: "3: does not want the care",
}


class NoticeForm(Styled, forms.Form):
    """What a notice says: the services, each with its reason and cost, and the days of the course."""

    coverage = forms.ChoiceField(label="what Medicare says", choices=list(COVERAGES.items()))
    begins_on = DayField(label="care from")
    ends_on = DayField(label="through")
    codes = forms.CharField(
        label="procedure codes of this care",
        required=False,
        max_length=120,
        help_text="Such as 97110, 97140: lines of these codes carry what follows from the patient's choice.",
    )
    more = forms.CharField(
        label="more for the patient", required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - a form's own
        super().__init__(*arguments, **options)
        for place in range(ROWS):
            self.fields[f"what_{place}"] = forms.CharField(label=f"care {place + 1}", max_length=160, required=False)
            self.fields[f"why_{place}"] = forms.CharField(label=f"reason {place + 1}", max_length=200, required=False)
            self.fields[f"cost_{place}"] = MoneyField(label=f"cost {place + 1}", required=False)
            for name in ("what", "why", "cost"):
                self.fields[f"{name}_{place}"].widget.attrs["class"] = "form-control"

    def rows(self) -> list[tuple[forms.BoundField, forms.BoundField, forms.BoundField]]:
        """The fields of the services."""
        return [(self[f"what_{place}"], self[f"why_{place}"], self[f"cost_{place}"]) for place in range(ROWS)]

    def clean(self) -> dict[str, Any]:
        """Each service whole; at least one; days in order."""
        entered: dict[str, Any] = super().clean() or self.cleaned_data
        services = []
        for place in range(ROWS):
            told = [entered.get(f"{name}_{place}") for name in ("what", "why", "cost")]
            if not any(one not in {None, ""} for one in told):
                continue
            for name, value in zip(("what", "why", "cost"), told, strict=True):
                if value in {None, ""} and f"{name}_{place}" not in self.errors:
                    self.add_error(f"{name}_{place}", "Expected: the notice does not hold without it.")
            services.append(engine.Service(str(told[0]), str(told[1]), told[2] if isinstance(told[2], int) else 0))
        if not services and not self.errors:
            self.add_error("what_0", "Expected at least one service.")
        begins, ends = entered.get("begins_on"), entered.get("ends_on")
        if begins and ends and ends < begins:
            self.add_error("ends_on", "Expected a day on or after the first.")
        entered["services"] = services
        return entered

    def clean_codes(self) -> list[str]:
        """The codes, each known."""
        return _codes(self.cleaned_data["codes"])


class CodesForm(forms.Form):
    """By which procedure codes the care of a notice is known."""

    codes = forms.CharField(required=False, max_length=120)

    def clean_codes(self) -> list[str]:
        """The codes, each known."""
        return _codes(self.cleaned_data["codes"])


def _codes(text: str) -> list[str]:
    told = list(dict.fromkeys(text.upper().replace(",", " ").split()))
    unknown = engine.unknown_codes(told)
    if unknown:
        raise forms.ValidationError(f"{', '.join(unknown)}: expected procedure codes such as 97110.")
    return told


class SignedForm(forms.Form):
    """The patient's choice, as the signed form has it."""

    option = forms.ChoiceField(choices=list(CHOICES.items()))
    on = DayField()
    by_representative = forms.BooleanField(required=False)
    document = forms.UUIDField(required=False)


@require_GET
@clinic_page(Can.SEE_PATIENTS, area="patients")
@with_money
def listing(request: ClinicRequest) -> HttpResponse:
    """The clinic's notices, the latest first."""
    rows = AdvanceNotice.objects.select_related("patient").defer("services", "more")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    request.access.record("list", "notice", detail=f"{len(page)} notices")
    context = {"page": page, "coverages": COVERAGES, "choices": CHOICES}
    return render(request, "practice/notices/advance_list.html", context)


@require_http_methods(["GET", "POST"])
@clinic_page(Can.EDIT_PATIENTS, area="patients")
def new(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Make a notice; under Medicare Advantage and elsewhere the page says what takes its place."""
    access = request.access
    patient = patient_or_404(key)
    today = today_at(access.clinic)
    form = NoticeForm(request.POST or None, initial={"begins_on": today})
    if form.is_bound and form.is_valid():
        entered = form.cleaned_data
        try:
            row = engine.make(
                access.clinic, access.user, patient, covers=NoticeCoverage(entered["coverage"]),
                services=entered["services"], codes=entered["codes"], begins_on=entered["begins_on"],
                ends_on=entered["ends_on"], more=entered["more"],
            )  # fmt: skip
        except engine.NoticeRefusedError as error:
            form.add_error(None, f"{error}.")
        else:
            access.record("create", "notice", row.pk, detail=f"{len(row.services)} services")
            messages.success(request, f"Notice {row.number} is ready to be carried onto the form and signed.")
            return redirect("notice", access.clinic.slug, row.pk)
    editions = advance_notice.editions_on(today)
    context = {
        "patient": patient,
        "form": form,
        "use": engine.use_for(access.clinic, patient, today).value,
        "edition": editions[0] if editions else None,
        "number": advance_notice.form().number,
    }
    return render(request, "practice/notices/advance_form.html", context, status=422 if form.errors else 200)


@require_GET
@clinic_page(Can.SEE_PATIENTS, area="patients")
@with_money
def notice(request: ClinicRequest, key: UUID) -> HttpResponse:
    """One notice: what it says, what the patient chose, what follows, and the claims on which it does."""
    access = request.access
    row = _row(key)
    access.record("read", "notice", row.pk)
    documents = Document.objects.filter(patient=row.patient_id, kind=DocumentKind.ABN.value).defer("content")
    covers = NoticeCoverage(row.coverage)
    context = {
        "row": row,
        "patient": row.patient,
        "services": [engine.Service(*one) for one in row.services],
        "coverage": COVERAGES[row.coverage],
        "chosen": CHOICES.get(row.option, ""),
        "choices": CHOICES.items(),
        "follows": engine.follows(row),
        "would": [(CHOICES[one.value], consequence(covers, one)) for one in NoticeChoice],
        "without": consequence(covers, None),
        "proposed": engine.proposed(row),
        "documents": documents,
        "number": advance_notice.form().number,
        "today": today_at(access.clinic),
        "may_edit": access.may(Can.EDIT_PATIENTS),
        "may_see_claims": access.may(Can.SEE_CLAIMS),
    }
    return render(request, "practice/notices/advance.html", context)


@require_GET
@clinic_page(Can.SEE_PATIENTS, area="patients")
@with_money
def sheet(request: ClinicRequest, key: UUID) -> HttpResponse:
    """What goes into the blanks of the form, as PDF."""
    row = _row(key)
    request.access.record("export", "notice", row.pk, detail="entries")
    try:
        data = engine.sheet(request.access.clinic, row)
    except FormNotPrintableError as error:
        messages.error(request, f"Not printable: {error.problems[0].found}; expected {error.problems[0].expected}.")
        return redirect("notice", request.access.clinic.slug, row.pk)
    return pdf(data, f"{row.number}.pdf")


@require_POST
@clinic_page(Can.EDIT_PATIENTS, area="patients")
def signed(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Write down the patient's choice and the day of the signature; once."""
    access = request.access
    row = _row(key)
    form = SignedForm(request.POST)
    if not form.is_valid() or not row.made_on <= form.cleaned_data["on"] <= today_at(access.clinic):
        messages.error(request, "Expected the patient's choice, and the day of the signature, not to come.")
        return redirect("notice", access.clinic.slug, row.pk)
    entered = form.cleaned_data
    document = None
    if entered["document"]:
        own = Document.objects.filter(patient=row.patient_id, kind=DocumentKind.ABN.value).defer("content")
        document = get_object_or_404(own, pk=entered["document"])
    try:
        engine.sign(
            row, NoticeChoice(entered["option"]), entered["on"], by_representative=entered["by_representative"],
            document=document,
        )  # fmt: skip
    except (engine.NoticeRefusedError, StaleRowError) as error:
        messages.error(request, f"Nothing changed: {error}.")
    else:
        access.record("change", "notice", row.pk, detail="signed")
        _claims_follow(request, row)
        messages.success(request, f"Notice {row.number} is signed.")
    return redirect("notice", access.clinic.slug, row.pk)


@require_POST
@clinic_page(Can.EDIT_PATIENTS, area="patients")
def codes(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Say by which procedure codes the care of a notice is known: the lines that follow its choice."""
    access = request.access
    row = _row(key)
    form = CodesForm(request.POST)
    if not form.is_valid():
        messages.error(request, f"Nothing changed: {' '.join(map(str, form.errors['codes']))}")
        return redirect("notice", access.clinic.slug, row.pk)
    try:
        engine.name_codes(row, form.cleaned_data["codes"])
    except StaleRowError as error:
        messages.error(request, f"Nothing changed: {error}.")
    else:
        access.record("change", "notice", row.pk, detail="codes")
        _claims_follow(request, row)
        messages.success(request, "The codes are kept.")
    return redirect("notice", access.clinic.slug, row.pk)


@require_POST
@clinic_page(Can.EDIT_PATIENTS, area="patients")
def withdraw(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Withdraw a notice: care, condition or coverage has changed, or it was made in error."""
    access = request.access
    row = _row(key)
    if row.withdrawn_on is None:
        row.withdrawn_on = today_at(access.clinic)
        row.save_if_unchanged(row.version, "withdrawn_on")
        access.record("change", "notice", row.pk, detail="withdrawn")
        _claims_follow(request, row)
        messages.success(request, f"Notice {row.number} is withdrawn.")
    return redirect("notice", access.clinic.slug, row.pk)


def _claims_follow(request: ClinicRequest, row: AdvanceNotice) -> None:
    """Check claims of a notice's days again that have not left: their lines, and who is billed, follow the choice."""
    access = request.access
    if row.signed_on is not None and check_again(
        access.clinic, access.user, row.patient_id, max(row.begins_on, row.signed_on), row.ends_on
    ):
        messages.info(request, "Claims of these days that are not filed yet were checked again.")


def _row(key: UUID) -> AdvanceNotice:
    found: AdvanceNotice = get_object_or_404(
        AdvanceNotice.objects.select_related("patient", "made_by").defer("document__content"), pk=key
    )
    return found
