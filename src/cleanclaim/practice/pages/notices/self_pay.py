"""A patient's written choice that no plan is billed: stored with the signed request, shown, withdrawn."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST

from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.engine.patients import self_pay as engine
from cleanclaim.practice.form_fields import DayField
from cleanclaim.practice.models import Document, DocumentKind, SelfPayChoice, StaleRowError
from cleanclaim.practice.pages.document_form import DocumentForm
from cleanclaim.practice.pages.patients.entering import Groups, form_page, patient_or_404
from cleanclaim.practice.sealing import Plain


class SelfPayForm(DocumentForm):
    """The days of care, and the request as the patient signed it."""

    begins_on = DayField(label="care from")
    ends_on = DayField(label="through", help_text="One visit: the same day.")
    signed_on = DayField(label="signed on")

    groups: ClassVar[Groups] = (
        ("days", "Care that no plan is billed for", ("begins_on", "ends_on")),
        ("request", "The signed request", ("signed_on", "file")),
    )

    def __init__(self, *arguments: object, **options: object) -> None:
        super().__init__(*arguments, **options)
        for name in ("kind", "dated", "title"):
            del self.fields[name]


@require_http_methods(["GET", "POST"])
@clinic_page(Can.EDIT_PATIENTS, area="patients")
def new(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Keep a choice with its request; the page says what the law makes of it for this patient's payers."""
    access = request.access
    patient, today = patient_or_404(key), today_at(access.clinic)
    initial = {"begins_on": today, "ends_on": today, "signed_on": today}
    form = SelfPayForm(request.POST or None, request.FILES or None, initial=initial)
    if form.is_bound and form.is_valid():
        entered = form.cleaned_data
        data, media = entered["file"]
        try:
            with transaction.atomic():
                document = Document.objects.create(
                    clinic=access.clinic, patient=patient, kind=DocumentKind.SELF_PAY.value, dated=entered["signed_on"],
                    media_type=media, size=len(data), content=Plain(data), stored_by=access.user,
                )  # fmt: skip
                row = engine.keep(
                    access.clinic, access.user, patient, begins_on=entered["begins_on"], ends_on=entered["ends_on"],
                    signed_on=entered["signed_on"], document=document,
                )  # fmt: skip
        except engine.SelfPayRefusedError as error:
            form.add_error(None, forms.ValidationError(f"{error}."))
        else:
            access.record("create", "document", document.pk, detail=f"{document.kind}, {len(data)} bytes")
            access.record("create", "self-pay choice", row.pk, detail="days, request")
            messages.success(request, "Kept: visits of these days make a superbill, and no claim.")
            return redirect("patient", access.clinic.slug, patient.pk)
    return form_page(
        request,
        form,
        title=f"{patient} does not use insurance",
        patient=patient,
        submit="Save",
        more={"has_file": True, "limits": engine.limits_of(access.clinic, patient, today)},
    )


@require_POST
@clinic_page(Can.EDIT_PATIENTS, area="patients")
def withdraw(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Take a choice back; what the patient was given a superbill for stays theirs."""
    access = request.access
    row: SelfPayChoice = get_object_or_404(SelfPayChoice, pk=key)
    try:
        engine.withdraw(access.clinic, access.user, row)
    except (engine.SelfPayRefusedError, StaleRowError) as error:
        messages.error(request, f"Nothing changed: {error}.")
    else:
        access.record("change", "self-pay choice", row.pk, detail="withdrawn")
        messages.success(request, "Withdrawn: the plan is billed for visits that the patient has no superbill of.")
    return redirect("patient", access.clinic.slug, row.patient_id)
