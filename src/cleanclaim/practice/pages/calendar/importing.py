"""Import another system's calendar: a preview row by row, then what is good goes in.

The file is not kept between the two steps: the preview carries it in the page, and everything is read and looked up
anew when it is taken. A row that was imported before is known by its key.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods

from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.form_fields import Styled
from cleanclaim.practice.imports.ics import read_ics
from cleanclaim.practice.imports.siu import read_siu
from cleanclaim.practice.imports.slots import UnreadableFileError
from cleanclaim.practice.imports.taking import Outcome, Row, plan_rows, take
from cleanclaim.practice.models import Provider

_MOST_BYTES = 2 * 1024 * 1024
_MOST_ROWS = 2000


class ImportForm(Styled, forms.Form):
    """The file, and who treats where it does not say."""

    file = forms.FileField(
        label="file",
        required=False,
        help_text="A calendar (ICS), or HL7 v2 messages SIU^S12 to S15 and S26; at most 2 MB.",
    )
    carried = forms.CharField(required=False, widget=forms.HiddenInput)
    provider: forms.ModelChoiceField[Provider] = forms.ModelChoiceField(
        None,
        label="who treats, where the file names nobody",
        required=False,
        empty_label="refuse such rows",
    )

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - a form's own
        super().__init__(*arguments, **options)
        self.fields["provider"].queryset = Provider.objects.filter(treats=True)  # type: ignore[attr-defined]
        self.fields["file"].is_plain = True  # type: ignore[attr-defined] # a file is wanted, only not twice
        self.fields["file"].widget.attrs["accept"] = ".ics,.hl7,.txt,text/calendar"

    def clean(self) -> dict[str, Any]:
        """The file's bytes: from the upload, else as the preview carried them."""
        entered: dict[str, Any] = super().clean() or self.cleaned_data
        held = entered.get("file")
        try:
            data = held.read() if held else base64.b64decode(entered.get("carried") or "", validate=True)
        except binascii.Error:
            self.add_error("file", "Expected the file once more.")
            return entered
        if not data:
            self.add_error("file", "Expected a file.")
        elif len(data) > _MOST_BYTES:
            self.add_error("file", "Expected a file of at most 2 MB.")
        entered["data"] = data
        return entered


@require_http_methods(["GET", "POST"])
@clinic_page(Can.EDIT_PATIENTS, area="calendar")
def import_calendar(request: ClinicRequest) -> HttpResponse:
    """Ask for a file, show what its rows would do, and do it."""
    form = ImportForm(request.POST or None, request.FILES or None)
    if not form.is_bound or not form.is_valid():
        return _page(request, form, status=422 if form.is_bound else 200)
    data: bytes = form.cleaned_data["data"]
    clinic = request.access.clinic
    zone = ZoneInfo(clinic.time_zone)
    try:
        is_calendar = data.lstrip(b"\xef\xbb\xbf\r\n \t").upper().startswith(b"BEGIN:VCALENDAR")
        wanted = read_ics(data, zone, today=today_at(clinic)) if is_calendar else read_siu(data, zone)
    except UnreadableFileError as error:
        form.add_error("file", f"{str(error)[:1].upper()}{str(error)[1:]}.")
        return _page(request, form, status=422)
    if len(wanted) > _MOST_ROWS:
        form.add_error("file", f"Expected at most {_MOST_ROWS:,} rows; the file holds {len(wanted):,}.")
        return _page(request, form, status=422)
    with transaction.atomic():
        rows = plan_rows(clinic, wanted, default=form.cleaned_data["provider"])
        if request.POST.get("take") == "1":
            count = take(rows)
            request.access.record("import", "appointment", detail=f"{count} of {len(rows)} rows")
            messages.success(request, f"{count} of {len(rows)} rows were taken into the calendar.")
            return redirect("calendar", clinic.slug)
    request.access.record("list", "patient", detail=f"preview of {len(rows)} rows to import")
    return _page(request, form, rows=rows, carried=base64.b64encode(data).decode())


def _page(
    request: ClinicRequest, form: ImportForm, *, rows: list[Row] | None = None, carried: str = "", status: int = 200
) -> HttpResponse:
    good = [row for row in rows or () if row.outcome not in {Outcome.REFUSED, Outcome.UNCHANGED}]
    context = {
        "form": form,
        "rows": rows,
        "carried": carried,
        "good": len(good),
        "refused": sum(row.outcome is Outcome.REFUSED for row in rows or ()),
        "chosen": form.cleaned_data["provider"] if rows is not None else None,
    }
    return render(request, "practice/calendar/import.html", context, status=status)


urlpatterns = [path("calendar/import/", import_calendar, name="calendar_import")]
