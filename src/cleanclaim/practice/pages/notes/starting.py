"""Start a note from an appointment, or for a patient who came without one."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.engine.notes.starting import NoTherapistError, start, start_from_appointment
from cleanclaim.practice.models import Appointment, Patient


@clinic_page(Can.WRITE_NOTES)
@require_POST
def start_note(request: ClinicRequest, appointment: UUID) -> HttpResponse:
    """The note of an appointment: the one there is, else a new draft."""
    found = (
        Appointment.objects.select_for_update(of=("self",))
        .select_related("patient", "provider")
        .filter(pk=appointment)
        .first()
    )
    if found is None:
        raise Http404
    try:
        visit = start_from_appointment(request.access.clinic, found)
    except NoTherapistError as error:
        messages.warning(request, str(error).capitalize())
        return redirect("today", request.access.clinic.slug)
    request.access.record("create", "visit", visit.pk, detail="from an appointment")
    return redirect("note", request.access.clinic.slug, visit.pk)


@clinic_page(Can.WRITE_NOTES)
@require_POST
def start_unplanned(request: ClinicRequest, patient: UUID) -> HttpResponse:
    """A note for today of a patient without an appointment, by the person who asks."""
    found = Patient.objects.filter(pk=patient).first()
    provider = request.access.provider
    if found is None:
        raise Http404
    if provider is None:
        why = "Only who treats starts a note, and this account belongs to no provider of the clinic."
        return render(request, "practice/notes/refused.html", {"why": why}, status=403)
    try:
        visit = start(request.access.clinic, found, provider, on=today_at(request.access.clinic))
    except NoTherapistError as error:
        messages.warning(request, str(error).capitalize())
        return redirect("today", request.access.clinic.slug)
    request.access.record("create", "visit", visit.pk, detail="without an appointment")
    return redirect("note", request.access.clinic.slug, visit.pk)
