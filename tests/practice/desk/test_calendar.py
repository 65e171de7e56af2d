"""The calendar by day and week: what stands in it, where it lies, what each role may do, notes not signed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from cleanclaim.practice.models import (
    Appointment,
    AppointmentStatus,
    Clinic,
    Membership,
    Patient,
    Provider,
    Role,
    Visit,
    VisitStatus,
)
from cleanclaim.practice.pages.calendar.entries import Entry, column, entries_between, hours_of, side_by_side

_DAY = date(2026, 9, 25)
_CHICAGO = ZoneInfo("America/Chicago")
_CALENDAR = "/c/millrace/calendar/"


def _entry(starts: time, minutes: int = 45) -> Entry:
    return Entry(
        day=_DAY,
        starts_at=datetime.combine(_DAY, starts, _CHICAGO),
        minutes=minutes,
        patient="Somebody",
        provider=Provider(),
        kind="treatment",
        state="booked",
    )


def _lay(*entries: Entry) -> list[tuple[int, int, int, int]]:
    found = column(entries, hours_of(entries), label="", sub="", day=_DAY, provider=None, today=_DAY)
    return [(one.first_slot, one.slots, one.lane, one.lanes) for one in found.timed]


@pytest.mark.parametrize(
    ("starts", "minutes", "place"),
    [
        (time(8, 0), 45, (1, 3)),
        (time(8, 14), 45, (1, 4)),
        (time(8, 15), 45, (2, 3)),
        (time(9, 0), 46, (5, 4)),
        (time(17, 45), 15, (40, 1)),
        (time(9, 0), 5, (5, 1)),
    ],
)
def test_an_entry_lies_on_the_quarters_it_touches(starts: time, minutes: int, place: tuple[int, int]) -> None:
    assert _lay(_entry(starts, minutes)) == [(*place, 1, 1)]


def test_what_overlaps_lies_side_by_side_and_what_follows_does_not() -> None:
    assert [one[2:] for one in _lay(_entry(time(10)), _entry(time(10, 30)), _entry(time(10, 45)))] == [
        (1, 2),
        (2, 2),
        (1, 2),
    ]
    assert [one[2:] for one in _lay(_entry(time(10)), _entry(time(10, 45)))] == [(1, 1), (1, 1)]


def test_a_fifth_at_once_lies_in_the_last_lane() -> None:
    laid = _lay(*(_entry(time(10), 60) for _five in range(5)))
    assert [one[2:] for one in laid] == [(1, 4), (2, 4), (3, 4), (4, 4), (4, 4)]


def test_nothing_lies_side_by_side_of_nothing() -> None:
    assert side_by_side([]) == []


@pytest.mark.parametrize(
    ("entries", "hours"),
    [
        ([], range(8, 18)),
        ([(time(7, 59), 30)], range(7, 18)),
        ([(time(8, 0), 30)], range(8, 18)),
        ([(time(17, 30), 30)], range(8, 18)),
        ([(time(17, 31), 30)], range(8, 19)),
        ([(time(23, 30), 60)], range(8, 24)),
    ],
)
def test_a_column_shows_the_hours_it_needs(entries: list[tuple[time, int]], hours: range) -> None:
    assert hours_of([_entry(*one) for one in entries]) == hours


def test_a_day_holds_visits_and_appointments_in_the_clinics_time(inside: Clinic) -> None:
    assert len(entries_between(inside, _DAY, _DAY)) == 16
    late = datetime.combine(_DAY, time(23, 30), _CHICAGO)
    one = Appointment.objects.create(
        clinic=inside,
        patient=Patient.objects.get(number="P101"),
        provider=Provider.objects.get(key="okafor"),
        starts_at=late,
        minutes=30,
    )
    found = [entry for entry in entries_between(inside, _DAY, _DAY) if entry.appointment == one.pk]
    assert [(entry.starts_at, entry.state) for entry in found] == [(late, "booked")]
    assert entries_between(inside, _DAY + timedelta(days=1), _DAY + timedelta(days=1)) == []


def test_an_appointment_and_its_visit_are_one_entry(inside: Clinic) -> None:
    visit = Visit.objects.get(patient__number="P101", date_of_service=_DAY)
    visit.appointment = Appointment.objects.create(
        clinic=inside,
        patient=visit.patient,
        provider=visit.therapist,
        starts_at=datetime.combine(_DAY, time(14), _CHICAGO),
        status=AppointmentStatus.ARRIVED.value,
    )
    visit.save()
    (found,) = [entry for entry in entries_between(inside, _DAY, _DAY) if str(entry.patient).startswith("Colewood")]
    assert (found.appointment, found.visit, found.state) == (visit.appointment.pk, visit.pk, "draft")


def test_an_assistants_visit_stands_in_their_column(inside: Clinic) -> None:
    wilk, lindqvist = Provider.objects.get(key="wilk"), Provider.objects.get(key="lindqvist")
    own = {str(entry.patient) for entry in entries_between(inside, _DAY, _DAY, wilk)}
    assert own == {"Blaine, Theodora", "Whitmarsh, Clyde"}
    assert own.isdisjoint(str(entry.patient) for entry in entries_between(inside, _DAY, _DAY, lindqvist))


def test_the_front_desk_sees_everybodys_day_and_may_book(as_role: Callable[[Role], Client]) -> None:
    page = as_role(Role.FRONT_DESK).get(_CALENDAR).content.decode()
    assert page.count('<section class="cal-column') == 6
    assert "Everybody · 16 visits" in page
    assert "appointments/new/?on=2026-09-25" in page


def test_a_therapist_begins_with_their_own_week(as_role: Callable[[Role], Client], inside: Clinic) -> None:
    client = as_role(Role.THERAPIST)
    own = Membership.objects.filter(clinic=inside, role="therapist").order_by("user__email")[0].provider
    page = client.get(_CALENDAR).content.decode()
    assert page.count('<section class="cal-column') == 5
    assert f"{own} ·" in page
    assert "appointments/new/" not in page
    assert client.get(_CALENDAR, {"with": "", "view": "day"}).content.decode().count('<section class="cal-column') == 6


def test_a_weekend_is_shown_where_something_stands_on_it(as_role: Callable[[Role], Client], inside: Clinic) -> None:
    client = as_role(Role.FRONT_DESK)
    assert client.get(_CALENDAR, {"view": "week"}).content.decode().count('<section class="cal-column') == 5
    Appointment.objects.create(
        clinic=inside,
        patient=Patient.objects.get(number="P101"),
        provider=Provider.objects.get(key="okafor"),
        starts_at=datetime(2026, 9, 26, 9, tzinfo=_CHICAGO),
    )
    assert client.get(_CALENDAR, {"view": "week"}).content.decode().count('<section class="cal-column') == 6


@pytest.mark.parametrize("asked", ["2026-13-01", "tomorrow", ""])
def test_a_day_that_is_none_is_today(as_role: Callable[[Role], Client], asked: str) -> None:
    page = as_role(Role.FRONT_DESK).get(_CALENDAR, {"day": asked})
    assert "Friday, September 25, 2026" in page.content.decode()


def test_the_queries_of_a_week_do_not_grow(
    as_role: Callable[[Role], Client],
    inside: Clinic,
    django_assert_num_queries: Callable[[int], object],
    django_assert_max_num_queries: Callable[[int], object],
) -> None:
    client = as_role(Role.FRONT_DESK)
    client.get(_CALENDAR)
    with django_assert_max_num_queries(20) as before:  # type: ignore[attr-defined]
        client.get(_CALENDAR, {"view": "week", "with": ""})
    Appointment.objects.bulk_create(
        Appointment(
            clinic=inside,
            patient=patient,
            provider=Provider.objects.get(key="okafor"),
            starts_at=datetime(2026, 9, 24, 9, tzinfo=_CHICAGO),
        )
        for patient in Patient.objects.all()[:40]
    )
    with django_assert_num_queries(len(before.captured_queries)):  # type: ignore[attr-defined]
        client.get(_CALENDAR, {"view": "week", "with": ""})


# --- notes that are not signed ---------------------------------------------------------------------------


def test_visits_without_a_signed_note_are_listed_the_oldest_first(
    as_role: Callable[[Role], Client], inside: Clinic
) -> None:
    old = Visit.objects.get(patient__number="P102", date_of_service=date(2026, 9, 21))
    old.status = VisitStatus.DRAFT.value
    old.save()
    page = as_role(Role.THERAPIST).get(f"{_CALENDAR}unsigned/").content.decode()
    assert page.count("<tr>") == 1 + 17
    assert page.index("Nesbitt, Walter") < page.index("Colewood, Harriet")
    assert "4 days" in page
    assert f"/c/millrace/visits/{old.pk}/" in page
    assert f"/c/millrace/visits/{old.pk}/" not in as_role(Role.FRONT_DESK).get(f"{_CALENDAR}unsigned/").content.decode()
    own = Provider.objects.get(key="okafor")
    narrowed = as_role(Role.THERAPIST).get(f"{_CALENDAR}unsigned/", {"with": str(own.pk)}).content.decode()
    assert narrowed.count("<tr>") == 1 + 5
    del inside


def test_who_arrived_and_has_no_note_is_listed(as_role: Callable[[Role], Client], inside: Clinic) -> None:
    Appointment.objects.create(
        clinic=inside,
        patient=Patient.objects.get(number="P133"),
        provider=Provider.objects.get(key="okafor"),
        starts_at=datetime(2026, 9, 24, 9, tzinfo=_CHICAGO),
        status=AppointmentStatus.ARRIVED.value,
    )
    page = as_role(Role.FRONT_DESK).get(f"{_CALENDAR}unsigned/").content.decode()
    assert "Arrived, and no note begun" in page
    assert "Warren, Felicity" in page
