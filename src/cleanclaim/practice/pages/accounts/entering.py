"""What the pages of money share: their tabs, forms, what a form asks for done and told, papers, and days asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from cleanclaim.practice.access import Access, Can, ClinicRequest
from cleanclaim.practice.form_fields import MoneyField
from cleanclaim.practice.models import Patient
from cleanclaim.practice.models.rows import ClinicRow

AREA = "remittances"
"""The entry of the navigation under which the pages of money stand."""

_TABS: tuple[tuple[str, str, Can], ...] = (
    ("Payers", "remittances", Can.SEE_CLAIMS),
    ("Patients", "receipts", Can.SEE_ACCOUNTS),
    ("Aging", "aging", Can.SEE_CLAIMS),
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


def told_of(
    request: ClinicRequest, act: Callable[[], str], refused: type[ValueError], otherwise: str, *back: object
) -> HttpResponse:
    """Do what a form asks, tell what came of it, and go back to the page that it stands on.

    Args:
        request: the page's request.
        act: does it, and says what was done.
        refused: what it raises where nothing was done.
        otherwise: what is said then, before why.
        back: the name of the page to go back to, and what its address holds behind the clinic's.
    """
    try:
        told = act()
    except refused as error:
        messages.error(request, f"{otherwise}: {error}.")
    else:
        messages.success(request, told)
    name, *rest = back
    return redirect(str(name), request.access.clinic.slug, *rest)


def typed_cents(request: ClinicRequest, fields: Iterable[tuple[str, date]]) -> tuple[dict[str, int], str]:
    """What was typed in the fields beside lines, in cents by the field's name, and what is wrong with it.

    `fields` are the names, each with the day of the visit that its line is of.
    """
    typed: dict[str, int] = {}
    for name, day in fields:
        try:
            cents = MoneyField(required=False).clean(request.POST.get(name, "").strip())
        except forms.ValidationError as error:
            return {}, f"{day}: {' '.join(error.messages)}"
        if cents:
            typed[name] = cents
    return typed, ""


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
