"""The clinic itself: who bills, from where, and who sends its files."""

from __future__ import annotations

import re
from typing import Any, ClassVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django import forms
from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.form_fields import PhoneField, StateField, Styled, ZipField
from cleanclaim.practice.models import Clinic
from cleanclaim.practice.pages.setup.entering import Groups, done, form_page
from cleanclaim.practice.pages.setup.providers import checked_npi
from cleanclaim.practice.pages.versions import shown_version
from cleanclaim.reference import fee_schedule, taxonomy

_TAX_ID = re.compile(r"\d{9}")


class ClinicForm(Styled, forms.ModelForm[Clinic]):
    """Identity, address, locality and submitter of the clinic."""

    phone = PhoneField()
    state = StateField()
    zip_code = ZipField(label="ZIP", help_text="Medicare wants nine digits.")
    submitter_phone = PhoneField(required=False)

    groups: ClassVar[Groups] = (
        ("Who bills", ("name", "npi", "tax_id", "tax_id_kind", "taxonomy", "contact", "phone")),
        ("Where", ("line1", "line2", "city", "state", "zip_code", "locality", "time_zone")),
        ("Who sends its files", ("submitter_name", "submitter_identifier", "submitter_contact", "submitter_phone")),
    )

    class Meta:
        model = Clinic
        fields: ClassVar[list[str]] = [
            "name", "npi", "tax_id", "tax_id_kind", "taxonomy", "contact", "phone", "line1", "line2", "city", "state",
            "zip_code", "locality", "time_zone", "submitter_name", "submitter_identifier", "submitter_contact",
            "submitter_phone",
        ]  # fmt: skip
        labels: ClassVar[dict[str, str]] = {"tax_id": "tax ID", "tax_id_kind": "tax ID kind"}
        help_texts: ClassVar[dict[str, str]] = {
            "locality": "Medicare's payment locality as contractor and number, such as 06102-16; without it Medicare "
            "prices are unknown.",
            "submitter_name": "Empty: the clinic itself.",
            "submitter_identifier": "As your clearinghouse knows you.",
            "time_zone": "Such as America/Chicago; it decides which day it is.",
        }

    def clean_npi(self) -> str:
        """Ten digits whose last one fits."""
        return checked_npi(self.cleaned_data["npi"])

    def clean_tax_id(self) -> str:
        """Nine digits, however written."""
        digits = re.sub(r"[- ]", "", self.cleaned_data["tax_id"])
        if not _TAX_ID.fullmatch(digits):
            raise forms.ValidationError("Expected nine digits.")
        return digits

    def clean_taxonomy(self) -> str:
        """A code of the published list."""
        code: str = self.cleaned_data["taxonomy"].strip().upper()
        if not taxonomy.is_listed(code):
            raise forms.ValidationError("Expected a code of the provider taxonomy, such as 261QP2000X.")
        return code

    def clean_locality(self) -> str:
        """Empty, or a locality of the fee schedule."""
        text: str = self.cleaned_data["locality"].strip()
        if text and text not in set(fee_schedule.gpci_table()["locality"]):
            raise forms.ValidationError("Expected a contractor and locality of the fee schedule, such as 06102-16.")
        return text

    def clean_time_zone(self) -> str:
        """A time zone that the calendar knows."""
        text: str = self.cleaned_data["time_zone"].strip()
        try:
            ZoneInfo(text)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise forms.ValidationError("Expected a time zone, such as America/Chicago.") from error
        return text


_ABOUT_SENDING = (
    "A file says of itself whether it is a test. Payers pay no claim of a test file; most, and clearinghouses, want "
    "tests until they have approved you. Switch to production once yours has."
)


class SendingForm(Styled, forms.ModelForm[Clinic]):
    """Whether claim files are tests or for production."""

    sends_production = forms.TypedChoiceField(
        label="claim files are",
        coerce=lambda text: text == "True",
        choices=[("False", "tests: nothing is paid"), ("True", "for production: claims are paid")],
    )

    class Meta:
        model = Clinic
        fields: ClassVar[list[str]] = ["sends_production"]


@require_http_methods(["GET", "POST"])
@clinic_page(Can.SET_UP, Can.MANAGE_PEOPLE, area="setup")
def sending(request: ClinicRequest) -> HttpResponse:
    """Say whether claim files are tests or for production. Only an owner does."""
    row = Clinic.objects.get(pk=request.access.clinic.pk)
    form = SendingForm(request.POST or None, instance=row)
    if form.is_bound and form.is_valid():
        version, wanted = shown_version(request), form.cleaned_data["sends_production"]
        changed = Clinic.objects.filter(pk=row.pk, version=version).update(sends_production=wanted, version=version + 1)
        if changed:
            request.access.record("change", "clinic", row.pk, detail="sends_production")
            said = "Claim files are for production from now on." if wanted else "Claim files are tests from now on."
            return done(request, said, "setup")
        return form_page(request, form, title="Test or production", back="setup", row=row, is_stale=True)
    return form_page(request, form, title="Test or production", back="setup", row=row, about=_ABOUT_SENDING)


@require_http_methods(["GET", "POST"])
@clinic_page(Can.SET_UP, area="setup")
def clinic(request: ClinicRequest) -> HttpResponse:
    """Change the clinic's own data, unless somebody else did meanwhile."""
    row = request.access.clinic
    form = ClinicForm(request.POST or None, instance=Clinic.objects.get(pk=row.pk))
    is_stale = False
    if form.is_bound and form.is_valid():
        version = shown_version(request)
        written: dict[str, Any] = {name: form.cleaned_data[name] for name in form.changed_data}
        changed = Clinic.objects.filter(pk=row.pk, version=version).update(**written, version=version + 1)
        if changed:
            request.access.record("change", "clinic", row.pk, detail=", ".join(written))
            return done(request, "The clinic's data are saved.", "setup")
        is_stale = True
    return form_page(
        request, form, title="The clinic", back="setup", row=row, groups=ClinicForm.groups, is_stale=is_stale
    )
