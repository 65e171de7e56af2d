"""Data in: patients and visits from CSV and JSON, errors shown row by row before anything is written.

A small file is read while the page waits; a larger one behind the page, whose job shows the same.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.views.decorators.http import require_http_methods, require_POST

from cleanclaim.practice import tasks
from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.engine.jobs import importing
from cleanclaim.practice.engine.jobs.import_jobs import READ, ask_to_bring_in, ask_to_read
from cleanclaim.practice.engine.jobs.importing import What
from cleanclaim.practice.form_fields import Styled
from cleanclaim.practice.models import Job, JobStatus

_SHOWN = 200

AT_ONCE = 256 * 1024
"""Bytes of a file that is read while the page waits."""


class ImportForm(Styled, forms.Form):
    """A file, what it holds, and how visits come in."""

    what = forms.ChoiceField(label="it holds", choices=[(one.value, one.value) for one in What])
    file = forms.FileField(required=False, label="file (.csv, .json or .jsonl)")
    name = forms.CharField(required=False, max_length=120, widget=forms.HiddenInput)
    text = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)
    signed = forms.ChoiceField(
        label="visits come in as",
        choices=[("no", "drafts, to be signed here"), ("yes", "signed notes, as they were signed elsewhere")],
    )

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - a form's own
        super().__init__(*arguments, **options)
        self.fields["file"].is_plain = True  # type: ignore[attr-defined] # a file is wanted, only not twice

    def clean(self) -> dict[str, Any]:
        """Name and text of the file, from the upload where there is one."""
        entered: dict[str, Any] = super().clean() or self.cleaned_data
        upload = entered.get("file")
        if upload is not None:
            entered["name"] = upload.name
            if upload.size > importing.LARGEST:
                self.add_error("file", f"Expected at most {importing.LARGEST // 1024 // 1024} MB; split the file.")
                return entered
            if upload.size > AT_ONCE:
                return entered
            try:
                entered["text"] = upload.read().decode("utf-8-sig")
            except UnicodeDecodeError:
                self.add_error("file", "Expected text in UTF-8.")
        elif not entered.get("text"):
            self.add_error("file", "Expected a file.")
        return entered


@require_http_methods(["GET", "POST"])
@clinic_page(Can.EDIT_PATIENTS, Can.SET_UP, area="setup")
def imports(request: ClinicRequest) -> HttpResponse:
    """Choose a file; see what would come in and what would not; bring the good rows in."""
    form = ImportForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {
        "form": form,
        "patient_columns": importing.PATIENT_COLUMNS,
        "visit_columns": importing.VISIT_COLUMNS,
    }
    if not form.is_bound or not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "practice/imports/imports.html", context, status=status)
    entered = form.cleaned_data
    if not entered["text"]:
        return _read_behind(request, entered)
    draft = importing.read(entered["name"], entered["text"], What(entered["what"]))
    context |= {"draft": draft, "entered": entered, "rejections": draft.rejections[:_SHOWN], "shown": _SHOWN}
    if request.POST.get("apply") != "yes":
        status = 200 if draft.count else 422
        return render(request, "practice/imports/preview.html", context, status=status)
    written, refused = importing.bring_in(request.access.clinic, draft, signed=entered["signed"] == "yes")
    left = [*draft.rejections, *refused]
    request.access.record("create", draft.what.value, detail=f"{written} rows from a file, {len(left)} refused")
    context |= {"written": written, "rejections": left[:_SHOWN], "left_count": len(left)}
    return render(request, "practice/imports/done.html", context)


def _read_behind(request: ClinicRequest, entered: dict[str, Any]) -> HttpResponse:
    access = request.access
    with transaction.atomic():
        job = ask_to_read(
            access.clinic, access.user, name=entered["name"], file=entered["file"].file, what=What(entered["what"]),
            signed=entered["signed"] == "yes",
        )  # fmt: skip
        access.record("create", "job", job.pk, detail=f"file of {entered['what']} to be read")
        tasks.enqueue(job)
    return redirect("job", access.clinic.slug, job.pk)


@require_POST
@clinic_page(Can.EDIT_PATIENTS, Can.SET_UP, area="setup")
def bring_in(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Bring in the good rows of a file that was read behind the page."""
    access = request.access
    with transaction.atomic():
        read = get_object_or_404(Job.objects.select_for_update(), pk=key, kind=READ, status=JobStatus.DONE.value)
        try:
            job = ask_to_bring_in(access.clinic, access.user, read)
        except ValueError as error:
            messages.error(request, f"Not done: {error}.")
            return redirect("imports", access.clinic.slug)
        access.record("create", "job", job.pk, detail=f"{job.total} rows of a file to be brought in")
        tasks.enqueue(job)
    return redirect("job", access.clinic.slug, job.pk)


urlpatterns: list[URLPattern] = [
    path("imports/", imports, name="imports"),
    path("imports/<uuid:key>/bring-in/", bring_in, name="import_bring_in"),
]
