"""What every page on which the front desk enters something shares: the patient, the form, and two people at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol
from uuid import UUID

from django import forms
from django.http import Http404, HttpResponse
from django.urls import NoReverseMatch, reverse

from cleanclaim.practice.access import Access, Can, ClinicRequest
from cleanclaim.practice.models import ClinicRow, Patient, StaleRowError
from cleanclaim.practice.pages.form_pages import render_form

Groups = Sequence[tuple[str, str, Sequence[str]]]
"""Parts of a form: anchor, legend, names of fields."""


class Grouped(Protocol):
    """A form that says how its fields belong together."""

    groups: Groups


def patient_or_404(key: UUID) -> Patient:
    """The patient with that key in the clinic in scope. Raises `Http404`."""
    found: Patient | None = Patient.objects.filter(pk=key).first()
    if found is None:
        raise Http404
    return found


def may_see_money(access: Access) -> bool:
    """Whether dollars are shown: the front desk and billers work with them, therapists never see them."""
    return access.may(Can.EDIT_PATIENTS) or access.may(Can.SEE_CLAIMS)


def form_page(  # noqa: PLR0913 - what the page shows
    request: ClinicRequest,
    form: forms.BaseForm,
    *,
    title: str,
    patient: Patient | None,
    submit: str = "Save",
    row: ClinicRow | None = None,
    groups: Groups | None = None,
    is_stale: bool = False,
    more: dict[str, Any] | None = None,
) -> HttpResponse:
    """A form of the front desk on a page of its own, its fields in parts with their anchors."""
    parts = groups or getattr(form, "groups", None) or [("", "", list(form.fields))]
    shown = [(anchor, legend, [form[name] for name in names]) for anchor, legend, names in parts]
    context = {"title": title, "parts": shown, "patient": patient, "submit": submit, "row": row, **(more or {})}
    return render_form(request, "practice/patients/form.html", form, context, is_stale=is_stale)


def save_shown(row: ClinicRow, version: int, fields: Sequence[str]) -> bool:
    """Write these fields of a row where nobody changed it since it was shown; says whether it was written."""
    try:
        row.save_if_unchanged(version, *fields)
    except StaleRowError:
        return False
    return True


def address_of(name: str, *arguments: object) -> str:
    """The address of a page by its name; empty where no such page is there."""
    try:
        return reverse(name, args=arguments)
    except NoReverseMatch:
        return ""
