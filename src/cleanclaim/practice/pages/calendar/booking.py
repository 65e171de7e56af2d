"""Book, move and cancel appointments; say who came; start the visit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_POST

from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.engine.ledger.patient_accounts import account_of
from cleanclaim.practice.engine.notes.starting import NoTherapistError, start_from_appointment
from cleanclaim.practice.engine.patients.at_the_desk import copay_on, taken_on
from cleanclaim.practice.models import Appointment, AppointmentStatus, Patient, Visit
from cleanclaim.practice.pages.calendar.appointing import LONGEST, AppointmentForm
from cleanclaim.practice.pages.calendar.series import BookingForm
from cleanclaim.practice.pages.patients.entering import address_of, save_shown
from cleanclaim.practice.pages.patients.searching import matching
from cleanclaim.practice.pages.versions import shown_version
from cleanclaim.records import VisitKind

_OPEN = (AppointmentStatus.BOOKED.value, AppointmentStatus.ARRIVED.value)
_FOUND_AT_MOST = 8


@require_http_methods(["GET", "POST"])
@clinic_page(Can.EDIT_PATIENTS, area="calendar")
def new(request: ClinicRequest) -> HttpResponse:
    """Book an appointment: first whom for (`?patient=`), then when and with whom."""
    patient = _patient(request.POST.get("patient") or request.GET.get("patient", ""))
    if patient is None:
        return _choose_patient(request)
    form = BookingForm(request.POST or None, initial=_proposed(request, patient))
    context: dict[str, Any] = {"patient": patient, "title": f"Book {patient}", "submit": "Book"}
    if not form.is_bound or not form.is_valid():
        return _form_page(request, form, context)
    zone = ZoneInfo(request.access.clinic.time_zone)
    rows = []
    for number, day in enumerate(form.days()):
        row = Appointment(clinic=request.access.clinic, patient=patient)
        _fill(row, form, form.starts_at(zone, day), form.kind_of(number))
        rows.append(row)
    clashes = [] if request.POST.get("anyway") == "1" else _clashes(rows)
    if clashes:
        return _form_page(request, form, {**context, "clashes": clashes})
    with transaction.atomic():
        for row in rows:
            row.save()
            request.access.record("create", "appointment", row.id)
    first, last = rows[0].starts_at, rows[-1].starts_at
    told = f"{first:%A, %B} {first.day}"
    if len(rows) > 1:
        told = f"{len(rows)} visits, {told} through {last:%A, %B} {last.day}"
    messages.success(request, f"Booked for {told}.")
    return _to_day(request, rows[0])


@require_POST
@clinic_page(Can.EDIT_PATIENTS, area="calendar")
def find(request: ClinicRequest) -> HttpResponse:
    """Patients to book, by what was typed."""
    return _choose_patient(request)


def _choose_patient(request: ClinicRequest) -> HttpResponse:
    text = request.POST.get("q", "").strip()[:80]
    found = list(Patient.objects.filter(matching(text), is_active=True)[:_FOUND_AT_MOST]) if text else []
    if text:
        request.access.record("list", "patient", detail=f"{len(found)}, to book")
    keep = {name: request.GET[name] for name in ("on", "at", "with") if name in request.GET}
    partial = bool(request.htmx)  # type: ignore[attr-defined]
    name = "patients_to_book" if partial else "choose_patient"
    return render(request, f"practice/calendar/{name}.html", {"found": found, "q": text, "keep": keep})


@require_http_methods(["GET", "POST"])
@clinic_page(Can.SEE_PATIENTS, area="calendar")
def appointment(request: ClinicRequest, key: UUID) -> HttpResponse:
    """One appointment: how it stands and what can be done; a POST moves it."""
    row = _appointment(key)
    may_edit = request.access.may(Can.EDIT_PATIENTS)
    zone = ZoneInfo(request.access.clinic.time_zone)
    starts = row.starts_at.astimezone(zone)
    initial = {
        "provider": row.provider_id,
        "on": starts.date(),
        "at": starts.time(),
        "minutes": row.minutes,
        "kind": row.kind,
    }
    form = AppointmentForm(request.POST if request.method == "POST" and may_edit else None, initial=initial)
    visit = Visit.objects.filter(appointment=row).first()
    slug = request.access.clinic.slug
    context: dict[str, Any] = {
        "patient": row.patient,
        "title": f"{row.patient}, {starts:%a}, {starts:%b} {starts.day}",
        "submit": "Move",
        "row": row,
        "visit": visit,
        "note": address_of("note", slug, visit.pk) if visit and request.access.may(Can.SEE_NOTES) else "",
        "may_edit": may_edit,
        "may_write": request.access.may(Can.WRITE_NOTES),
        "may_move": may_edit and visit is None and row.status != AppointmentStatus.CANCELED.value,
    }
    if not form.is_bound:
        request.access.record("read", "appointment", row.id)
        return _form_page(request, form, context | _at_the_desk(request, row, starts.date()))
    if not context["may_move"]:
        messages.warning(request, "This appointment is not moved any more: it is canceled, or its visit has begun.")
        return redirect("appointment", slug, row.pk)
    if not form.is_valid():
        return _form_page(request, form, context)
    _fill(row, form, form.starts_at(zone), form.cleaned_data["kind"])
    clashes = [] if request.POST.get("anyway") == "1" else _clashes([row])
    if clashes:
        return _form_page(request, form, {**context, "clashes": clashes})
    row.status = AppointmentStatus.BOOKED.value
    if not save_shown(row, shown_version(request), ["provider", "starts_at", "minutes", "kind", "status"]):
        return _form_page(request, form, {**context, "is_stale": True})
    request.access.record("change", "appointment", row.id, detail=", ".join(form.changed_data))
    messages.success(request, f"Moved to {row.starts_at:%A, %B} {row.starts_at.day}.")
    return _to_day(request, row)


@require_POST
@clinic_page(Can.EDIT_PATIENTS, area="calendar")
def set_status(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Say what became of an appointment: arrived, no-show, canceled, or booked again."""
    row = _appointment(key)
    wanted = request.POST.get("status", "")
    if wanted not in {one.value for one in AppointmentStatus}:
        messages.warning(request, "Expected booked, arrived, no-show or canceled; nothing was done.")
    elif wanted not in _OPEN and Visit.objects.filter(appointment=row).exists():
        messages.warning(request, "The visit of this appointment has begun; nothing was done.")
    else:
        row.status = wanted
        if save_shown(row, shown_version(request), ["status"]):
            request.access.record("change", "appointment", row.id, detail="status")
        else:
            messages.warning(request, "Somebody else changed this appointment meanwhile; nothing was done.")
    return redirect("appointment", request.access.clinic.slug, row.pk)


@require_POST
@clinic_page(Can.EDIT_PATIENTS, area="calendar")
def start(request: ClinicRequest, key: UUID) -> HttpResponse:
    """Begin the visit: the patient has arrived, and the therapist finds a draft of the note."""
    with transaction.atomic():
        rows = Appointment.objects.select_for_update(of=("self",)).select_related("patient", "provider")
        row = rows.filter(pk=key).first()
        if row is None:
            raise Http404
        if row.status not in _OPEN:
            messages.warning(request, "Nobody came to this appointment; book it again first.")
            return redirect("appointment", request.access.clinic.slug, row.pk)
        try:
            visit = start_from_appointment(request.access.clinic, row)
        except NoTherapistError as error:
            messages.warning(request, f"{str(error)[:1].upper()}{str(error)[1:]}.")
            return redirect("appointment", request.access.clinic.slug, row.pk)
        request.access.record("create", "visit", visit.id, detail="from an appointment")
    messages.success(request, "The visit has begun; its note waits for the therapist.")
    return redirect("appointment", request.access.clinic.slug, row.pk)


def _at_the_desk(request: ClinicRequest, row: Appointment, on: date) -> dict[str, Any]:
    """What the patient is asked for when they come, for those who take payments."""
    if not request.access.may(Can.TAKE_PAYMENTS) or row.status not in _OPEN:
        return {}
    owed = max(0, account_of(row.patient_id).balance(on).due_cents)
    found = {"owed_cents": owed, "copay": copay_on(row.patient_id, on), "taken_cents": taken_on(row.patient_id, on)}
    return {"desk": found}


def _appointment(key: UUID) -> Appointment:
    found: Appointment | None = Appointment.objects.select_related("patient", "provider").filter(pk=key).first()
    if found is None:
        raise Http404
    return found


def _patient(text: str) -> Patient | None:
    try:
        key = UUID(text)
    except ValueError:
        return None
    found: Patient | None = Patient.objects.filter(pk=key).first()
    return found


def _proposed(request: ClinicRequest, patient: Patient) -> dict[str, object]:
    """What a booking most likely is: the patient's therapist, and an evaluation where there was no visit yet."""
    last = Visit.objects.filter(patient=patient).order_by("-date_of_service").values("therapist").first()
    own = request.access.provider
    return {
        "provider": request.GET.get("with") or (last["therapist"] if last else own.pk if own else None),
        "on": _day_or(request.GET.get("on", ""), today_at(request.access.clinic)),
        "at": request.GET.get("at", ""),
        "minutes": Appointment._meta.get_field("minutes").default,  # noqa: SLF001 - Django's public door
        "kind": VisitKind.TREATMENT.value if last else VisitKind.EVALUATION.value,
    }


def _day_or(text: str, otherwise: date) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return otherwise


def _fill(row: Appointment, form: AppointmentForm, starts_at: datetime, kind: str) -> None:
    row.provider = form.cleaned_data["provider"]
    row.starts_at = starts_at
    row.minutes = form.cleaned_data["minutes"]
    row.kind = kind


def _clashes(rows: Sequence[Appointment]) -> list[Appointment]:
    """Appointments of the same provider or patient at the same time. A therapist may treat two; nobody is twice.

    The rows are of one provider and patient, the earliest first; one query.
    """
    ends = rows[-1].starts_at + timedelta(minutes=rows[-1].minutes)
    begins = rows[0].starts_at - timedelta(minutes=LONGEST)
    near = Appointment.objects.filter(starts_at__lt=ends, starts_at__gt=begins, status__in=_OPEN).exclude(pk=rows[0].pk)
    mine = near.filter(provider=rows[0].provider) | near.filter(patient=rows[0].patient)
    return [one for one in mine.select_related("patient", "provider") if any(_overlap(one, row) for row in rows)]


def _overlap(one: Appointment, other: Appointment) -> bool:
    """Whether two appointments share a moment."""
    first, last = sorted((one, other), key=lambda row: row.starts_at)
    return bool(first.starts_at + timedelta(minutes=first.minutes) > last.starts_at)


def _form_page(request: ClinicRequest, form: AppointmentForm, context: dict[str, Any]) -> HttpResponse:
    status = (
        409 if context.get("is_stale") else 422 if form.is_bound and (form.errors or context.get("clashes")) else 200
    )
    shown = [form[name] for name in form.fields_shown]
    context = {"may_edit": True, "may_move": True, **context, "form": form, "shown": shown}
    return render(request, "practice/calendar/appointment.html", context, status=status)


def _to_day(request: ClinicRequest, row: Appointment) -> HttpResponseRedirect:
    """The calendar as it was looked at (`back`), at the appointment; else the appointment's day."""
    looked_at = QueryDict(request.POST.get("back", "").removeprefix("?"))
    if looked_at:
        asked = urlencode({name: looked_at[name][:40] for name in ("view", "day", "with") if name in looked_at})
        return HttpResponseRedirect(f"{reverse('calendar', args=[request.access.clinic.slug])}?{asked}#a-{row.pk}")
    day = row.starts_at.astimezone(ZoneInfo(request.access.clinic.time_zone)).date()
    address = reverse("calendar", args=[request.access.clinic.slug])
    return HttpResponseRedirect(f"{address}?view=day&day={day.isoformat()}&with=")


urlpatterns = [
    path("appointments/new/", new, name="appointment_new"),
    path("appointments/new/find/", find, name="appointment_find"),
    path("appointments/<uuid:key>/", appointment, name="appointment"),
    path("appointments/<uuid:key>/status/", set_status, name="appointment_status"),
    path("appointments/<uuid:key>/start/", start, name="appointment_start"),
]
