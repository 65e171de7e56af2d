"""What stands in a calendar: appointments, and visits that came without one, each with its place in a day's column."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from cleanclaim.practice.models import Appointment, AppointmentStatus, Clinic, Provider, Visit, VisitStatus

SLOT_MINUTES = 15
_MOST_LANES = 4
_USUAL = 45
"""Minutes of a visit whose end nobody has typed, for its height in the calendar only."""

_OPENS, _CLOSES = 8, 18
"""Hours that a day's column shows at least."""

LABELS = {
    "booked": "booked",
    "arrived": "arrived",
    "no_show": "no-show",
    "canceled": "canceled",
    "draft": "note not signed",
    "signed": "signed",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing in the calendar: an appointment (with its visit, once there is one), or a visit without one.

    `first_slot` and `slots` count quarters of an hour from the column's first hour; `lane` of `lanes` lies beside what
    overlaps. `starts_at` is in the clinic's time; `None` where nobody knows when the visit was.
    """

    day: date
    starts_at: datetime | None
    minutes: int
    patient: Any
    provider: Provider
    kind: str
    state: str
    appointment: UUID | None = None
    visit: UUID | None = None
    version: int = 0
    """The appointment's, which a move of it names."""
    first_slot: int = 1
    slots: int = 3
    lane: int = 1
    lanes: int = 1

    @property
    def label(self) -> str:
        """How it stands, in words."""
        return LABELS[self.state]

    @property
    def ends_at(self) -> datetime | None:
        """When it ends."""
        return self.starts_at + timedelta(minutes=self.minutes) if self.starts_at else None

    @property
    def may_move(self) -> bool:
        """Whether it is an appointment that another time can be given."""
        is_canceled = self.state == AppointmentStatus.CANCELED.value
        return self.appointment is not None and self.visit is None and not is_canceled

    @property
    def is_off(self) -> bool:
        """Whether nobody came: canceled or a no-show."""
        return self.state in {AppointmentStatus.CANCELED.value, AppointmentStatus.NO_SHOW.value}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: a day or a provider, its entries in the order of the clock, and those without a time."""

    label: str
    sub: str
    day: date
    provider: Provider | None
    is_today: bool
    timed: tuple[Entry, ...]
    untimed: tuple[Entry, ...]

    @property
    def count(self) -> int:
        """How many came or are to come."""
        return sum(not entry.is_off for entry in (*self.timed, *self.untimed))


def entries_between(clinic: Clinic, first: date, last: date, provider: Provider | None = None) -> list[Entry]:
    """Everything from one day through another, in the order of the clock; two queries however much there is."""
    zone = ZoneInfo(clinic.time_zone)
    begins = datetime.combine(first, time(), zone)
    ends = datetime.combine(last + timedelta(days=1), time(), zone)
    booked = Appointment.objects.filter(starts_at__gte=begins, starts_at__lt=ends).select_related(
        "patient", "provider", "visit"
    )
    visits = (
        Visit.objects.filter(date_of_service__range=(first, last), appointment=None)
        .select_related("patient", "therapist", "assistant")
        .defer("note", "interventions")
    )
    if provider is not None:
        booked = booked.filter(provider=provider)
        visits = visits.filter(therapist=provider, assistant=None) | visits.filter(assistant=provider)
    found = [_of_appointment(row, zone) for row in booked] + [_of_visit(row, zone) for row in visits]
    late = datetime.max.replace(tzinfo=zone)
    return sorted(found, key=lambda entry: (entry.day, entry.starts_at or late, str(entry.patient)))


def _of_appointment(row: Appointment, zone: ZoneInfo) -> Entry:
    starts = row.starts_at.astimezone(zone)
    visit: Visit | None = getattr(row, "visit", None)
    return Entry(
        day=starts.date(),
        starts_at=starts,
        minutes=row.minutes,
        patient=row.patient,
        provider=row.provider,
        kind=row.kind,
        state=visit.status if visit is not None else row.status,
        appointment=row.pk,
        visit=visit.pk if visit is not None else None,
        version=row.version,
    )


def _of_visit(row: Visit, zone: ZoneInfo) -> Entry:
    minutes = _USUAL
    if row.time_in and row.time_out and row.time_out > row.time_in:
        minutes = (row.time_out.hour - row.time_in.hour) * 60 + row.time_out.minute - row.time_in.minute
    return Entry(
        day=row.date_of_service,
        starts_at=datetime.combine(row.date_of_service, row.time_in, zone) if row.time_in else None,
        minutes=minutes,
        patient=row.patient,
        provider=row.assistant or row.therapist,
        kind=row.kind or "",
        state=VisitStatus(row.status).value,
        visit=row.pk,
    )


def hours_of(entries: Iterable[Entry]) -> range:
    """The hours that the columns show: the clinic's usual ones, and more where something lies outside them."""
    timed = [entry for entry in entries if entry.starts_at is not None]
    first = min([_OPENS, *(entry.starts_at.hour for entry in timed if entry.starts_at)])
    last = _CLOSES
    for entry in timed:
        ends = entry.ends_at
        if ends is not None:
            same_day = ends.date() == entry.day
            last = max(last, ends.hour + (ends.minute > 0) if same_day else 24)
    return range(first, last)


def column(  # noqa: PLR0913 - what a column is
    entries: Sequence[Entry], hours: range, *, label: str, sub: str, day: date, provider: Provider | None, today: date
) -> Column:
    """Lay entries out in a column: what overlaps lies side by side."""
    return Column(
        label=label,
        sub=sub,
        day=day,
        provider=provider,
        is_today=day == today,
        timed=tuple(side_by_side([_slots(entry, hours) for entry in entries if entry.starts_at is not None])),
        untimed=tuple(entry for entry in entries if entry.starts_at is None),
    )


def side_by_side(placed: Sequence[Entry]) -> list[Entry]:
    """Entries in the order of the clock, each in a lane; whatever overlaps, directly or by others, shares the width.

    There are four lanes at most: of more at once, the later ones lie in the last lane, over one another.
    """
    found: list[Entry] = []
    together: list[tuple[Entry, int]] = []
    free: list[int] = []

    def settle() -> None:
        found.extend(replace(entry, lane=lane + 1, lanes=len(free)) for entry, lane in together)
        together.clear()
        free.clear()

    for entry in placed:
        if free and max(free) <= entry.first_slot:
            settle()
        lane = next((place for place, ends in enumerate(free) if ends <= entry.first_slot), len(free))
        lane = min(lane, _MOST_LANES - 1)
        if lane == len(free):
            free.append(0)
        free[lane] = max(free[lane], entry.first_slot + entry.slots)
        together.append((entry, lane))
    settle()
    return found


def _slots(entry: Entry, hours: range) -> Entry:
    starts = entry.starts_at
    if starts is None:
        return entry
    all_slots = len(hours) * 60 // SLOT_MINUTES
    minutes = (starts.hour - hours.start) * 60 + starts.minute
    first = minutes // SLOT_MINUTES
    last = -(-(minutes + max(entry.minutes, SLOT_MINUTES)) // SLOT_MINUTES)
    return replace(entry, first_slot=first + 1, slots=min(last, all_slots) - first)
