"""Take wanted slots into the calendar: what each would do, and doing it. The same file twice changes nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum

from django.db.models.functions import Lower

from cleanclaim.practice.imports.slots import Ask, Problem, WantedSlot, WhoIsMeant
from cleanclaim.practice.models import Appointment, AppointmentStatus, Clinic, Membership, Patient, Provider, Visit
from cleanclaim.records import VisitKind

_USUAL_MINUTES = 45


class Outcome(StrEnum):
    """What a row does."""

    NEW = "new"
    CHANGED = "changed"
    CANCELED = "canceled"
    NO_SHOW = "no-show"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(slots=True)
class Row:
    """One row of the preview: what it asks, what it would do, and why not. `appointment` is written by `take`."""

    wanted: WantedSlot
    outcome: Outcome
    problems: tuple[Problem, ...] = ()
    appointment: Appointment | None = None


def plan_rows(clinic: Clinic, wanted: Sequence[WantedSlot], *, default: Provider | None) -> list[Row]:
    """What each wanted slot would do to the calendar of the clinic in scope; nothing is written.

    Rows with one key are taken in their order, so that a later message of an appointment sees the earlier one.

    Args:
        clinic: the clinic.
        wanted: slots in the order of the file.
        default: who treats where the file does not say.
    """
    keys = [one.key for one in wanted if one.key]
    held = {
        row.external_key: row
        for row in Appointment.objects.filter(external_key__in=keys).select_related("patient", "provider")
    }
    begun = set(Visit.objects.filter(appointment__in=list(held.values())).values_list("appointment_id", flat=True))
    seen = set(Visit.objects.values_list("patient_id", flat=True).distinct())
    around = _Around(clinic, begun, seen, _patients(wanted), _providers(clinic, default))
    rows = []
    for one in wanted:
        row = _plan(around, one, held.get(one.key))
        if row.appointment is not None and one.key:
            held[one.key] = row.appointment
        rows.append(row)
    return rows


def take(rows: Sequence[Row]) -> int:
    """Write what the rows plan, inside the caller's transaction; returns how many appointments were made or changed."""
    count = 0
    for row in rows:
        if row.outcome in {Outcome.UNCHANGED, Outcome.REFUSED} or row.appointment is None:
            continue
        row.appointment.version += row.outcome is not Outcome.NEW
        row.appointment.save()
        count += 1
    return count


_FindPatient = Callable[[WhoIsMeant], Patient | Problem]
_FindProvider = Callable[[str], Provider | Problem]


@dataclass(frozen=True, slots=True)
class _Around:
    """What rows are planned in the light of: appointments whose visit has begun, patients who were seen before."""

    clinic: Clinic
    begun: AbstractSet[object]
    seen: AbstractSet[object]
    find_patient: _FindPatient
    find_provider: _FindProvider


def _plan(around: _Around, wanted: WantedSlot, held: Appointment | None) -> Row:
    if wanted.problems:
        return Row(wanted, Outcome.REFUSED, wanted.problems)
    if held is not None and held.pk in around.begun:
        asks_more = wanted.ask is not Ask.BOOK or wanted.starts_at != held.starts_at
        problem = Problem("key", "an appointment whose visit has not begun")
        return Row(wanted, Outcome.REFUSED, (problem,)) if asks_more else Row(wanted, Outcome.UNCHANGED)
    if wanted.ask is not Ask.BOOK:
        return _plan_off(wanted, held)
    patient, provider = around.find_patient(wanted.patient), around.find_provider(wanted.provider)
    problems = tuple(found for found in (patient, provider) if isinstance(found, Problem))
    if isinstance(patient, Problem) or isinstance(provider, Problem):
        return Row(wanted, Outcome.REFUSED, problems)
    minutes = wanted.minutes or (held.minutes if held is not None else _USUAL_MINUTES)
    values = {"patient": patient, "provider": provider, "starts_at": wanted.starts_at, "minutes": minutes}
    if held is None:
        kind = VisitKind.TREATMENT if patient.pk in around.seen else VisitKind.EVALUATION
        made = Appointment(clinic=around.clinic, external_key=wanted.key, kind=kind.value, **values)
        return Row(wanted, Outcome.NEW, appointment=made)
    is_same = held.status in {AppointmentStatus.BOOKED.value, AppointmentStatus.ARRIVED.value} and all(
        getattr(held, name) == value for name, value in values.items()
    )
    if is_same:
        return Row(wanted, Outcome.UNCHANGED, appointment=held)
    for name, value in values.items():
        setattr(held, name, value)
    held.status = AppointmentStatus.BOOKED.value
    return Row(wanted, Outcome.CHANGED, appointment=held)


def _plan_off(wanted: WantedSlot, held: Appointment | None) -> Row:
    status = AppointmentStatus.NO_SHOW if wanted.ask is Ask.NO_SHOW else AppointmentStatus.CANCELED
    if held is None and wanted.ask is Ask.LEAVE_OUT:
        return Row(wanted, Outcome.UNCHANGED)
    if held is None:
        problem = Problem("key", "an appointment that was imported before")
        return Row(wanted, Outcome.REFUSED, (problem,))
    if held.status == status.value:
        return Row(wanted, Outcome.UNCHANGED, appointment=held)
    held.status = status.value
    outcome = Outcome.NO_SHOW if wanted.ask is Ask.NO_SHOW else Outcome.CANCELED
    return Row(wanted, outcome, appointment=held)


def _patients(wanted: Sequence[WantedSlot]) -> _FindPatient:
    """Find patients of the file in two queries: by number first, else by name and, where given, birth date."""
    numbers = {one.patient.number for one in wanted if one.patient.number}
    families = {one.patient.family_name.lower() for one in wanted if one.patient.family_name}
    by_number: dict[str, Patient] = {row.number: row for row in Patient.objects.filter(number__in=numbers)}
    by_name: dict[tuple[str, str], list[Patient]] = defaultdict(list)
    for row in Patient.objects.annotate(family=Lower("family_name")).filter(family__in=families):
        by_name[row.family_name.lower(), row.given_name.lower()].append(row)

    def find(meant: WhoIsMeant) -> Patient | Problem:
        if meant.number:
            found = by_number.get(meant.number)
            if found is None:
                return Problem("patient", "the number of a patient of this clinic")
            agrees = not meant.family_name or meant.family_name.lower() == found.family_name.lower()
            if not agrees or (meant.birth_date is not None and meant.birth_date != found.birth_date):
                return Problem("patient", "the name and birth date of the patient with that number")
            return found
        same = by_name[meant.family_name.lower(), meant.given_name.lower()]
        if meant.birth_date is not None:
            same = [row for row in same if row.birth_date == meant.birth_date]
        if len(same) != 1:
            what = "more than one has this name; give the number" if same else "none has this name"
            return Problem("patient", f"one patient of this clinic: {what}")
        return same[0]

    return find


def _providers(clinic: Clinic, default: Provider | None) -> _FindProvider:
    """Find who treats by key, NPI, e-mail address or family name."""
    names: dict[str, list[Provider]] = defaultdict(list)
    treating = list(Provider.objects.filter(treats=True))
    for row in treating:
        for name in {row.key.lower(), row.npi, row.family_name.lower()} - {""}:
            names[name].append(row)
    by_id = {row.pk: row for row in treating}
    members = Membership.objects.filter(clinic=clinic, provider__in=by_id).select_related("user")
    for member in members:
        if member.provider_id is not None:
            names[member.user.email.lower()].append(by_id[member.provider_id])

    def find(named: str) -> Provider | Problem:
        if not named:
            return default or Problem("provider", "who treats; the file names nobody, and no default is chosen")
        found = {row.pk: row for row in names.get(named.lower(), ())}
        if len(found) == 1:
            return next(iter(found.values()))
        if default is not None and not found:
            return default
        return Problem("provider", "one who treats here, by key, NPI, e-mail address or family name")

    return find
