"""Sign a note, add a signature to a signed one, and add to it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.engine.notes.note_form import from_visit
from cleanclaim.practice.engine.notes.restating import NotStatedError, answer_open
from cleanclaim.practice.engine.notes.signing import (
    NotForThemError,
    add_addendum,
    co_sign,
    hindrance,
    settled_lines,
    sign,
)
from cleanclaim.practice.models import VisitStatus
from cleanclaim.practice.models.rows import StaleRowError
from cleanclaim.practice.pages.notes.drafts import checked_now, find_visit, lock_draft, panel_context
from cleanclaim.practice.pages.notes.locked import AnswerForm, show_locked


@clinic_page(Can.WRITE_NOTES, area="today")
def sign_note(request: ClinicRequest, visit: UUID) -> HttpResponse:
    """What will be billed and what is still open; POST signs and locks the note."""
    if request.method == "POST":
        return _sign(request, visit)
    found = find_visit(visit)
    if found.status == VisitStatus.SIGNED.value:
        return redirect("note", request.access.clinic.slug, visit)
    request.access.record("read", "visit", found.pk, detail="note, before signing")
    checked = checked_now(request, found)
    context = panel_context(request, found, checked, from_visit(found))
    context["is_settled"] = settled_lines(checked) is not None
    context["provider"] = request.access.provider
    return render(request, "practice/notes/sign.html", context)


def _sign(request: ClinicRequest, key: UUID) -> HttpResponse:
    visit = lock_draft(key)
    provider = request.access.provider
    checked = checked_now(request, visit)
    why = hindrance(provider, visit, checked)
    if why or provider is None:
        return _refused(request, why)
    version = request.POST.get("version", "")
    try:
        sign(
            visit,
            version=int(version) if version.isdecimal() else -1,
            user=request.user,
            provider=provider,
            checked=checked,
        )
    except StaleRowError:
        return render(request, "practice/notes/conflict_page.html", {"visit": visit}, status=409)
    lines = len(visit.billed or ())
    request.access.record("sign", "visit", visit.pk, detail=f"as {provider.credential}; {lines} lines")
    messages.success(request, "Signed and locked. Later changes are addenda.")
    return redirect("today", request.access.clinic.slug)


@clinic_page(Can.WRITE_NOTES)
@require_POST
def co_sign_note(request: ClinicRequest, visit: UUID) -> HttpResponse:
    """Add one's signature to a signed note of a visit one shared."""
    found = find_visit(visit)
    provider = request.access.provider
    if provider is None:
        raise PermissionDenied("only a provider of the clinic signs")
    try:
        co_sign(found, user=request.user, provider=provider)
    except NotForThemError as error:
        return _refused(request, str(error))
    request.access.record("sign", "visit", found.pk, detail=f"beside, as {provider.credential}")
    messages.success(request, "Your signature stands beside the first.")
    return redirect("note", request.access.clinic.slug, visit)


@clinic_page(Can.WRITE_NOTES)
@require_POST
def add_to_note(request: ClinicRequest, visit: UUID) -> HttpResponse:
    """Add an addendum to a signed note."""
    found = find_visit(visit)
    text = request.POST.get("text", "").strip()
    if not text:
        messages.warning(request, "An addendum says what is added; nothing was typed.")
        return redirect("note", request.access.clinic.slug, visit)
    try:
        add_addendum(found, user=request.user, text=text)
    except NotForThemError as error:
        return _refused(request, str(error))
    request.access.record("change", "visit", found.pk, detail="addendum added")
    return redirect("note", request.access.clinic.slug, visit)


@clinic_page(Can.WRITE_NOTES, area="today")
@require_POST
def answer_note(request: ClinicRequest, visit: UUID) -> HttpResponse:
    """State what a signed note left open, as an addendum that the engine reads."""
    access, form = request.access, AnswerForm.read(request.POST)
    try:
        if form.problems:
            return show_locked(request, find_visit(visit), form, status=422)
        answer_open(access.clinic, visit, form.stated, user=access.user, provider=access.provider, because=form.because)
    except NotForThemError as error:
        return _refused(request, str(error))
    except NotStatedError as error:
        form.problems[error.place, error.field] = error.expected
        return show_locked(request, find_visit(visit), form, status=422)
    access.record("change", "visit", visit, detail="addendum with answers added")
    messages.success(request, "Your answers stand in an addendum, and the visit was checked again.")
    return redirect("note", access.clinic.slug, visit)


def _refused(request: ClinicRequest, why: str) -> HttpResponse:
    return render(request, "practice/notes/refused.html", {"why": why}, status=403)
