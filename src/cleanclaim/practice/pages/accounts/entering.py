"""What the pages of money share: their tabs, a form on a page of its own, papers, and days asked for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from cleanclaim.practice.access import Access, Can, ClinicRequest
from cleanclaim.practice.models import Patient
from cleanclaim.practice.models.rows import ClinicRow

AREA = "remittances"
"""The entry of the navigation under which the pages of money stand."""

_TABS: tuple[tuple[str, str, Can], ...] = (
    ("Payers", "remittances", Can.SEE_CLAIMS),
    ("Patients", "receipts", Can.SEE_ACCOUNTS),
    ("Owed", "aging", Can.SEE_CLAIMS),
    ("Statements", "statements", Can.SEE_CLAIMS),
    ("Write-offs", "write_offs", Can.SEE_CLAIMS),
    ("Refunds", "refunds", Can.SEE_CLAIMS),
    ("Collections", "collections", Can.SEE_CLAIMS),
    ("Deposits", "deposits", Can.SEE_CLAIMS),
    ("Day sheet", "day_sheet", Can.SEE_ACCOUNTS),
    ("Closing", "closing", Can.SEE_CLAIMS),
)


def tabs(access: Access, current: str) -> list[tuple[str, str, bool]]:
    """The tabs of the pages of money that a person may see: label, address, whether it is the current one."""
    slug = access.clinic.slug
    return [(label, reverse(name, args=[slug]), name == current) for label, name, needs in _TABS if access.may(needs)]


def patient_or_404(key: UUID) -> Patient:
    """A patient of the clinic in scope."""
    found: Patient | None = Patient.objects.filter(pk=key).first()
    if found is None:
        raise Http404
    return found


def require_row(model: type[ClinicRow], key: UUID) -> None:
    """Answer 404 where the clinic in scope has no such row."""
    if not model.objects.filter(pk=key).exists():
        raise Http404


def day_of(text: str | None, otherwise: date) -> date:
    """A day of an address, or the one given where it is none."""
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return otherwise


def form_page(  # noqa: PLR0913 - what the page shows
    request: ClinicRequest,
    form: forms.BaseForm,
    *,
    title: str,
    back: str,
    back_label: str,
    submit: str,
    about: str = "",
    problem: str = "",
    extra: str = "",
    **context: Any,  # noqa: ANN401 - of the template that stands beside the fields
) -> HttpResponse:
    """A form on a page of its own: 200 as first shown, 422 with what was typed and what is expected.

    Args:
        request: the page's request.
        form: the form.
        title: the heading.
        back: where Cancel leads.
        back_label: what that is called.
        submit: what the button says.
        about: a sentence above the form.
        problem: why nothing was written, where the form itself is sound.
        extra: a template that stands above the fields.
        context: what that template needs.
    """
    shown = {
        "form": form,
        "title": title,
        "back": back,
        "back_label": back_label,
        "submit": submit,
        "about": about,
        "problem": problem,
        "extra": extra,
        **context,
    }
    status = 422 if problem or (form.is_bound and form.errors) else 200
    return render(request, "practice/accounts/form.html", shown, status=status)


def pdf(data: bytes, name: str) -> HttpResponse:
    """A PDF, shown in the browser; its file's name tells nothing of a patient."""
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response


def keys_of(texts: Iterable[str]) -> list[UUID]:
    """The keys among what a browser sent."""
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found
