"""What a therapist decides on the note page by a button: take a note over, propose lines anew, attest, prefer."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.engine.judging.attesting import accept, withheld_last
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.engine.notes import note_form
from cleanclaim.practice.engine.notes.taking_over import interventions_of_note
from cleanclaim.practice.models import Visit
from cleanclaim.practice.models.rows import StaleRowError
from cleanclaim.practice.pages.notes.drafts import checked_now, keep_typed, lock_draft, may_attest

Act = Callable[[ClinicRequest, Visit], list[str]]
"""A decision: changes the row, unsaved, and returns the columns changed; an empty list changes nothing."""


@clinic_page(Can.WRITE_NOTES)
@require_POST
def take_over(request: ClinicRequest, visit: UUID) -> HttpResponse:
    """Put what was read from a plain note into the grid, for the therapist to correct."""
    return _act(request, visit, _take_over)


@clinic_page(Can.WRITE_NOTES)
@require_POST
def propose(request: ClinicRequest, visit: UUID) -> HttpResponse:
    """Set lines that came with the visit aside: lines are proposed from what was done instead."""
    return _act(request, visit, _propose, is_of_lines=True)


@clinic_page(Can.WRITE_NOTES)
@require_POST
def attest(request: ClinicRequest, visit: UUID) -> HttpResponse:
    """Accept a fix that states something about the visit, under the therapist's name; or take it back (`undo`)."""
    return _act(request, visit, _undo if "undo" in request.POST else _attest, is_of_lines=True)


@clinic_page(Can.WRITE_NOTES)
@require_POST
def prefer(request: ClinicRequest, visit: UUID) -> HttpResponse:
    """Choose which of two tied codes takes the last unit."""
    return _act(request, visit, _prefer, is_of_lines=True)


def _act(request: ClinicRequest, key: UUID, act: Act, *, is_of_lines: bool = False) -> HttpResponse:
    """Store what was typed, then make the decision; both or neither."""
    visit = lock_draft(key)
    if is_of_lines and not may_attest(request, visit):
        raise PermissionDenied("only the visit's therapist answers for its lines")
    try:
        keep_typed(request, visit, note_form.read(request.POST))
    except StaleRowError:
        return render(request, "practice/notes/conflict_page.html", {"visit": visit}, status=409)
    columns = act(request, visit)
    if columns:
        visit.save_if_unchanged(visit.version, *columns)
        request.access.record("change", "visit", visit.pk, detail=", ".join(sorted(columns)))
    return redirect("note", request.access.clinic.slug, key)


def _take_over(request: ClinicRequest, visit: Visit) -> list[str]:
    if visit.interventions is not None or not visit.note:
        return []
    visit.interventions = interventions_of_note(visit, checked_now(request, visit).stimulation_code)
    messages.success(request, f"{len(visit.interventions)} taken over from the note. Check each one.")
    return ["interventions"]


def _propose(request: ClinicRequest, visit: Visit) -> list[str]:
    del request
    visit.billed, visit.attested = None, []
    return ["billed", "attested"]


def _attest(request: ClinicRequest, visit: Visit) -> list[str]:
    checked = checked_now(request, visit)
    finding = checked.finding(request.POST.get("finding", ""))
    if finding is None:
        messages.warning(request, "The note has changed since, and that finding is gone. Nothing was changed.")
        return []
    frame = checked.billed.verdicts.workspace.frames["diagnoses"]
    places = dict(frame.select("diagnosis_id", "position").iter_rows())
    if visit.billed is not None:
        visit.billed = withheld_last(visit.billed, checked.claim.withheld)
    return accept(
        visit,
        finding,
        [dict(line) for line in checked.claim.lines],
        {key: place - 1 for key, place in places.items()},
        by=str(request.access.provider),
        on=today_at(request.access.clinic).isoformat(),
    )


def _undo(request: ClinicRequest, visit: Visit) -> list[str]:
    place = request.POST.get("undo", "")
    if visit.billed is not None or not place.isdecimal() or int(place) >= len(visit.attested):
        return []
    visit.attested = [item for position, item in enumerate(visit.attested) if position != int(place)]
    return ["attested"]


def _prefer(request: ClinicRequest, visit: Visit) -> list[str]:
    code = request.POST.get("code", "")
    if code not in checked_now(request, visit).units.tied:
        return []
    others = [item for item in visit.detail.get("unit_preference", ()) if item != code]
    visit.detail = visit.detail | {"unit_preference": [code, *others]}
    return ["detail"]
