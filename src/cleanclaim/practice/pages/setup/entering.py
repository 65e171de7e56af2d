"""What every page of the set-up shares: one form on a page, saved once, and never over somebody else's change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from cleanclaim.practice.access import ClinicRequest
from cleanclaim.practice.models import ClinicRow, StaleRowError
from cleanclaim.practice.pages.form_pages import render_form
from cleanclaim.practice.pages.versions import shown_version

Groups = Sequence[tuple[str, Sequence[str]]]
"""Parts of a form: legend, names of fields."""


def form_page(  # noqa: PLR0913 - what the page shows
    request: ClinicRequest,
    form: forms.BaseForm,
    *,
    title: str,
    back: str,
    submit: str = "Save",
    row: Any = None,  # noqa: ANN401 - a row with a version
    groups: Groups | None = None,
    is_stale: bool = False,
    about: str = "",
    has_file: bool = False,
    remove: str = "",
) -> HttpResponse:
    """A form of the set-up on a page of its own, its fields by legend.

    Args:
        request: the page's request.
        form: the form.
        title: the heading.
        back: name of the page of the set-up that it belongs to.
        submit: what the button says.
        row: the row that is edited; its version goes with the form.
        groups: the fields by legend; all together where there are none.
        is_stale: somebody changed the row meanwhile.
        about: a sentence above the form.
        has_file: whether a file is sent.
        remove: the address to which removal is posted, where the row can be removed.
    """
    parts = groups or [("", list(form.fields))]
    context = {
        "title": title,
        "parts": [(legend, [form[name] for name in names]) for legend, names in parts],
        "back": reverse(back, args=[request.access.clinic.slug]),
        "back_label": back.removeprefix("setup_").replace("_", " "),
        "submit": submit,
        "row": row,
        "about": about,
        "has_file": has_file,
        "remove": remove,
    }
    return render_form(request, "practice/setup/form.html", form, context, is_stale=is_stale)


def keep(request: ClinicRequest, form: Any, subject: str) -> bool:  # noqa: ANN401 - a form of any row
    """Write a valid form's row: a new one, or where nobody changed it since it was shown; says whether it was."""
    row: ClinicRow = form.save(commit=False)
    fields = list(form.changed_data)
    if row._state.adding:  # noqa: SLF001 - Django's public door
        row.clinic = request.access.clinic
        row.save()
        request.access.record("create", subject, row.pk)
        return True
    try:
        row.save_if_unchanged(shown_version(request), *(name for name in fields if hasattr(row, name)))
    except StaleRowError:
        return False
    request.access.record("change", subject, row.pk, detail=", ".join(fields))
    return True


def add_page(
    request: ClinicRequest,
    form: Any,  # noqa: ANN401 - a form of any row
    subject: str,
    *,
    title: str,
    back: str,
    groups: Groups,
) -> HttpResponse:
    """A page on which a row of the set-up is added, and back to its list once it is."""
    if form.is_bound and form.is_valid() and keep(request, form, subject):
        return done(request, f"{form.instance} is added.", back)
    return form_page(request, form, title=title, back=back, groups=groups)


def edit_page(
    request: ClinicRequest,
    form: Any,  # noqa: ANN401 - a form of any row
    subject: str,
    *,
    title: str,
    back: str,
    groups: Groups,
) -> HttpResponse:
    """A page on which a row of the set-up is changed, unless somebody else did meanwhile."""
    row = form.instance
    is_valid = form.is_bound and form.is_valid()
    if is_valid and keep(request, form, subject):
        return done(request, f"{form.instance} is saved.", back)
    return form_page(request, form, title=title, back=back, row=row, groups=groups, is_stale=is_valid)


def done(request: ClinicRequest, said: str, back: str) -> HttpResponse:
    """Say what was done, and go back to the list."""
    messages.success(request, said)
    return redirect(back, request.access.clinic.slug)
