"""Start a note: a draft from an appointment, or for a patient who came without one."""

from __future__ import annotations

import uuid
from datetime import date, time
from zoneinfo import ZoneInfo

from cleanclaim.practice.engine.notes.note_form import is_assistant
from cleanclaim.practice.models import Appointment, AppointmentStatus, Clinic, Patient, Provider, Visit
from cleanclaim.records import VisitKind


class NoTherapistError(ValueError):
    """An assistant's visit for which no therapist can be told: one has to be chosen."""


def start_from_appointment(clinic: Clinic, appointment: Appointment) -> Visit:
    """The note of an appointment: the one there is, else a new draft. The appointment's row is locked by the caller.

    Raises:
        NoTherapistError: the appointment is an assistant's, and no therapist of the patient is known.
    """
    found: Visit | None = Visit.objects.filter(appointment=appointment).first()
    if found is not None:
        return found
    begins = appointment.starts_at.astimezone(ZoneInfo(clinic.time_zone))
    visit = start(
        clinic,
        appointment.patient,
        appointment.provider,
        on=begins.date(),
        at=begins.time().replace(second=0, microsecond=0),
        kind=VisitKind(appointment.kind),
        appointment=appointment,
    )
    if appointment.status == AppointmentStatus.BOOKED.value:
        appointment.status = AppointmentStatus.ARRIVED.value
        appointment.version += 1
        appointment.save(update_fields=["status", "version", "changed_at"])
    return visit


def start(  # noqa: PLR0913 - who, whom, when, what for
    clinic: Clinic,
    patient: Patient,
    provider: Provider,
    *,
    on: date,
    at: time | None = None,
    kind: VisitKind = VisitKind.TREATMENT,
    appointment: Appointment | None = None,
) -> Visit:
    """A new draft by that provider; an assistant's goes under the patient's therapist.

    The diagnoses of the last visit are carried over, since they are the episode's; nothing that was done or found is.
    """
    last = Visit.objects.filter(patient=patient, date_of_service__lte=on).select_related("therapist").first()
    therapist, assistant = provider, None
    if is_assistant(provider):
        assistant = provider
        if last is None:
            raise NoTherapistError("an assistant's visit needs the patient's therapist: a therapist starts the first")
        therapist = last.therapist
    visit: Visit = Visit.objects.create(
        clinic=clinic,
        number=f"{on:%y%m%d}-{uuid.uuid4().hex[:8]}".upper(),
        patient=patient,
        appointment=appointment,
        date_of_service=on,
        kind=kind.value,
        therapist=therapist,
        assistant=assistant,
        time_in=at,
        diagnoses=last.diagnoses if last is not None else None,
    )
    return visit
