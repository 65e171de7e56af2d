"""The note page: the form of a draft, checked and stored while it is typed; a signed note as it was signed."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.engine.notes import note_form
from cleanclaim.practice.engine.notes.note_form import NoteForm
from cleanclaim.practice.models import Visit, VisitStatus
from cleanclaim.practice.models.rows import StaleRowError
from cleanclaim.practice.pages.notes.drafts import (
    checked_now,
    find_visit,
    keep_typed,
    lock_draft,
    page_context,
    panel_context,
)
from cleanclaim.practice.pages.notes.locked import show_locked

SPARE_ROWS = 1
"""Empty rows at the end of the grid, for a page without JavaScript."""


@clinic_page(Can.SEE_NOTES, area="today")
def note(request: ClinicRequest, visit: UUID) -> HttpResponse:
    """A visit's note. GET shows it; POST stores what was typed, and obeys the button that was pressed."""
    if request.method == "POST":
        return _store(request, visit)
    found = find_visit(visit)
    request.access.record("read", "visit", found.pk, detail="note")
    if found.status != VisitStatus.DRAFT.value or not request.access.may(Can.WRITE_NOTES):
        return show_locked(request, found)
    return _show(request, found, note_form.from_visit(found))


@clinic_page(Can.WRITE_NOTES)
@require_POST
def check_note(request: ClinicRequest, visit: UUID) -> HttpResponse:
    """Store what was typed as the draft, check it, and answer the panel and the rows' hints (a fragment)."""
    found = find_visit(visit)
    if found.status != VisitStatus.DRAFT.value:
        return render(request, "practice/notes/conflict.html", {"visit": found, "is_signed": True}, status=409)
    form = note_form.read(request.POST)
    try:
        keep_typed(request, found, form)
    except StaleRowError:
        return render(request, "practice/notes/conflict.html", {"visit": found}, status=409)
    return render(
        request, "practice/notes/answer.html", panel_context(request, found, checked_now(request, found), form)
    )


def _show(request: ClinicRequest, visit: Visit, form: NoteForm, status: int = 200) -> HttpResponse:
    for _spare in range(SPARE_ROWS):
        form.rows.append(note_form.blank_row(note_form.first_free_key(form.rows), by=_by(request)))
    context = page_context(visit, form) | panel_context(request, visit, checked_now(request, visit), form)
    return render(request, "practice/notes/note.html", context, status=status)


def _store(request: ClinicRequest, key: UUID) -> HttpResponse:
    if not request.access.may(Can.WRITE_NOTES):
        return show_locked(request, find_visit(key))
    visit = lock_draft(key)
    form = note_form.read(request.POST)
    _obey(request, form)
    try:
        keep_typed(request, visit, form)
    except StaleRowError:
        return render(request, "practice/notes/conflict_page.html", {"visit": visit}, status=409)
    if form.has_errors:
        return _show(request, visit, form, status=422)
    if request.POST.get("then") == "sign":
        return redirect("note_sign", request.access.clinic.slug, key)
    return redirect("note", request.access.clinic.slug, key)


def _obey(request: ClinicRequest, form: NoteForm) -> None:
    """Do what a button says that works without JavaScript: choose a code, add or drop a diagnosis, move a row."""
    key, chosen, code = request.POST.get("set_code", "").partition(":")
    for row in form.rows:
        if chosen and row.key == key:
            row.values["code"] = code
    added, dropped = request.POST.get("add_diagnosis", ""), request.POST.get("drop_diagnosis", "")
    if added and added not in form.diagnoses:
        form.diagnoses.append(added)
    if dropped in form.diagnoses:
        form.diagnoses.remove(dropped)
    key, _, where = request.POST.get("move_row", "").partition(":")
    place = next((place for place, row in enumerate(form.rows) if row.key == key), None)
    if place is not None:
        row = form.rows.pop(place)
        if where != "drop":
            form.rows.insert(max(0, place + (-1 if where == "up" else 1)), row)


def _by(request: ClinicRequest) -> str:
    provider = request.access.provider
    return "PTA" if provider is not None and note_form.is_assistant(provider) else "PT"
