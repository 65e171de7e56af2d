"""Booking: whom, when, what is there already, moving, who came, and the visit that begins."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from cleanclaim.practice.models import (
    Appointment,
    AppointmentStatus,
    Clinic,
    Patient,
    Provider,
    Role,
    TrailEntry,
    Visit,
)

_CHICAGO = ZoneInfo("America/Chicago")
_NEW = "/c/millrace/appointments/new/"


def _entered(number: str = "P133", **changes: str) -> dict[str, str]:
    return {
        "patient": str(Patient.objects.get(number=number).pk),
        "provider": str(Provider.objects.get(key="okafor").pk),
        "on": "2026-10-13",
        "at": "14:30",
        "minutes": "45",
        "kind": "treatment",
        **changes,
    }


def _booked(clinic: Clinic, number: str = "P133", key: str = "okafor", **changes: object) -> Appointment:
    values: dict[str, object] = {
        "patient": Patient.objects.get(number=number),
        "provider": Provider.objects.get(key=key),
        "starts_at": datetime(2026, 10, 13, 14, 30, tzinfo=_CHICAGO),
        "minutes": 45,
        **changes,
    }
    made: Appointment = Appointment.objects.create(clinic=clinic, **values)
    return made


def _stranger(clinic: Clinic) -> Patient:
    """A patient who was never seen."""
    made: Patient = Patient.objects.create(
        clinic=clinic, number="PX", family_name="Newman", given_name="Ann", birth_date="1961-02-03", sex="F",
        line1="4 Elm St", city="Chicago", state="IL", zip_code="60616",
    )  # fmt: skip
    return made


def test_an_appointment_is_booked_in_the_clinics_time(as_role: Callable[[Role], Client], inside: Clinic) -> None:
    del inside
    answer = as_role(Role.FRONT_DESK).post(_NEW, _entered())
    made = Appointment.objects.get(patient__number="P133")
    assert answer["Location"] == "/c/millrace/calendar/?view=day&day=2026-10-13&with="
    assert made.starts_at == datetime(2026, 10, 13, 19, 30, tzinfo=ZoneInfo("UTC"))
    assert (made.minutes, made.status, made.kind, made.provider.key) == (45, "booked", "treatment", "okafor")


def test_first_comes_whom_for(as_role: Callable[[Role], Client], inside: Clinic) -> None:
    client = as_role(Role.FRONT_DESK)
    assert "Whom for?" in client.get(_NEW).content.decode()
    found = client.post(f"{_NEW}find/?on=2026-10-13", {"q": "warren"}, HTTP_HX_REQUEST="true").content.decode()
    key = Patient.objects.get(number="P133").pk
    assert f"?patient={key}&amp;on=2026-10-13" in found
    form = client.get(_NEW, {"patient": str(key), "on": "2026-10-13", "at": "09:00"}).content.decode()
    assert 'value="2026-10-13"' in form
    assert '<option value="treatment" selected' in form
    del inside


def test_a_first_appointment_is_an_evaluation(as_role: Callable[[Role], Client], inside: Clinic) -> None:
    one = _stranger(inside)
    form = as_role(Role.FRONT_DESK).get(_NEW, {"patient": str(one.pk)}).content.decode()
    assert '<option value="evaluation" selected' in form


@pytest.mark.parametrize(
    ("at", "clashes"), [("13:45", False), ("13:46", True), ("14:30", True), ("15:14", True), ("15:15", False)]
)
@pytest.mark.parametrize(("number", "key"), [("P101", "okafor"), ("P133", "morita")])
def test_what_is_booked_already_is_shown_first(
    as_role: Callable[[Role], Client],
    inside: Clinic,
    at: str,
    clashes: bool,  # noqa: FBT001 - a case
    number: str,
    key: str,
) -> None:
    _booked(inside)
    entered = _entered(number, at=at, provider=str(Provider.objects.get(key=key).pk))
    client = as_role(Role.FRONT_DESK)
    answer = client.post(_NEW, entered)
    assert answer.status_code == (422 if clashes else 302)
    assert ("Already booked at that time" in answer.content.decode()) is clashes
    assert Appointment.objects.filter(starts_at__month=10, starts_at__day=13).count() == (1 if clashes else 2)
    if clashes:
        assert client.post(_NEW, {**entered, "anyway": "1"}).status_code == 302
        assert Appointment.objects.filter(starts_at__month=10, starts_at__day=13).count() == 2


def test_others_and_canceled_ones_do_not_clash(as_role: Callable[[Role], Client], inside: Clinic) -> None:
    _booked(inside, "P101", "morita")
    _booked(inside, status=AppointmentStatus.CANCELED.value)
    assert as_role(Role.FRONT_DESK).post(_NEW, _entered()).status_code == 302


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"on": "soon"}, "Expected a day"),
        ({"at": "25:00"}, "Expected a time, such as 14:30."),
        ({"minutes": "4"}, "greater than or equal to 5"),
        ({"minutes": "481"}, "less than or equal to 480"),
        ({"provider": ""}, "This field is required."),
        ({"kind": "party"}, "Select a valid choice"),
    ],
)
def test_a_booking_that_is_refused(
    as_role: Callable[[Role], Client], inside: Clinic, changes: dict[str, str], words: str
) -> None:
    answer = as_role(Role.FRONT_DESK).post(_NEW, _entered(**changes))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert Appointment.objects.filter(patient__number="P133").count() == 0
    del inside


def test_an_appointment_moves_once_for_two_who_move_it(as_role: Callable[[Role], Client], inside: Clinic) -> None:
    row = _booked(inside, status=AppointmentStatus.NO_SHOW.value)
    client, address = as_role(Role.FRONT_DESK), f"/c/millrace/appointments/{row.pk}/"
    assert client.post(address, _entered(on="2026-10-14", version="1")).status_code == 302
    assert client.post(address, _entered(on="2026-10-15", version="1")).status_code == 409
    row.refresh_from_db()
    assert (row.starts_at.astimezone(_CHICAGO).day, row.status, row.version) == (14, "booked", 2)


@pytest.mark.parametrize("status", ["arrived", "no_show", "canceled"])
def test_what_became_of_it_is_said_and_taken_back(
    as_role: Callable[[Role], Client], inside: Clinic, status: str
) -> None:
    row = _booked(inside)
    client, address = as_role(Role.FRONT_DESK), f"/c/millrace/appointments/{row.pk}/status/"
    client.post(address, {"status": status, "version": "1"})
    assert Appointment.objects.get(pk=row.pk).status == status
    client.post(address, {"status": "booked", "version": "1"})
    assert Appointment.objects.get(pk=row.pk).status == status
    client.post(address, {"status": "booked", "version": "2"})
    assert Appointment.objects.get(pk=row.pk).status == "booked"
    client.post(address, {"status": "lost", "version": "3"})
    assert Appointment.objects.get(pk=row.pk).version == 3


def test_the_visit_begins_once_and_then_nobody_cancels_it(as_role: Callable[[Role], Client], inside: Clinic) -> None:
    row = _booked(inside)
    client, address = as_role(Role.FRONT_DESK), f"/c/millrace/appointments/{row.pk}/"
    for _twice in range(2):
        assert client.post(f"{address}start/").status_code == 302
    visit = Visit.objects.get(appointment=row)
    assert (str(visit.date_of_service), str(visit.time_in), visit.status) == ("2026-10-13", "14:30:00", "draft")
    row.refresh_from_db()
    assert row.status == "arrived"
    client.post(f"{address}status/", {"status": "canceled", "version": str(row.version)})
    client.post(address, _entered(on="2026-10-20", version=str(row.version)))
    row.refresh_from_db()
    assert (row.status, row.starts_at.astimezone(_CHICAGO).day) == ("arrived", 13)
    assert f"/c/millrace/visits/{visit.pk}/" in as_role(Role.THERAPIST).get(address).content.decode()


def test_no_visit_begins_of_what_was_canceled(as_role: Callable[[Role], Client], inside: Clinic) -> None:
    row = _booked(inside, status=AppointmentStatus.CANCELED.value)
    as_role(Role.FRONT_DESK).post(f"/c/millrace/appointments/{row.pk}/start/")
    assert Visit.objects.filter(appointment=row).count() == 0


def test_an_assistants_first_visit_waits_for_a_therapist(as_role: Callable[[Role], Client], inside: Clinic) -> None:
    row = _booked(inside, key="wilk", patient=_stranger(inside))
    page = as_role(Role.FRONT_DESK).post(f"/c/millrace/appointments/{row.pk}/start/", follow=True).content.decode()
    assert "An assistant&#x27;s visit needs" in page
    assert Visit.objects.filter(appointment=row).count() == 0


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.OWNER, 302),
        (Role.BILLER, 302),
        (Role.FRONT_DESK, 302),
        (Role.THERAPIST, 403),
        (Role.ASSISTANT, 403),
        (Role.AUDITOR, 403),
    ],
)
def test_who_may_book(as_role: Callable[[Role], Client], inside: Clinic, role: Role, status: int) -> None:
    client = as_role(role)
    assert client.post(_NEW, _entered()).status_code == status
    assert Appointment.objects.filter(patient__number="P133").count() == (status == 302)
    row = _booked(inside, "P134")
    assert client.get(f"/c/millrace/appointments/{row.pk}/").status_code == 200
    client.post(f"/c/millrace/appointments/{row.pk}/", _entered(on="2026-11-03", version="1"))
    client.post(f"/c/millrace/appointments/{row.pk}/status/", {"status": "no_show", "version": "1"})
    changed = TrailEntry.objects.filter(action="change", subject="appointment").count()
    assert changed == (1 if status == 302 else 0)


def test_a_move_in_the_calendar_goes_back_to_what_was_looked_at(
    as_role: Callable[[Role], Client], inside: Clinic
) -> None:
    row = _booked(inside)
    client = as_role(Role.FRONT_DESK)
    with_provider = str(row.provider_id)
    page = client.get(f"/c/millrace/calendar/?view=week&day=2026-10-13&with={with_provider}").content.decode()
    assert f'id="a-{row.pk}"' in page
    assert (
        f'data-on="2026-10-13" data-at="14:30" data-minutes="45" data-kind="treatment" data-provider="{with_provider}"'
        in page
    )
    back = f"?view=week&day=2026-10-13&with={with_provider}&evil=//x"
    moved = client.post(
        f"/c/millrace/appointments/{row.pk}/", _entered(at="15:00", version=str(row.version), back=back)
    )
    assert moved["Location"] == (f"/c/millrace/calendar/?view=week&day=2026-10-13&with={with_provider}#a-{row.pk}")
    row.refresh_from_db()
    assert row.starts_at == datetime(2026, 10, 13, 15, 0, tzinfo=_CHICAGO)
    stale = client.post(f"/c/millrace/appointments/{row.pk}/", _entered(at="16:00", version="1", back=back))
    assert stale.status_code == 409
    text = as_role(Role.THERAPIST).get("/c/millrace/calendar/?view=day&day=2026-10-13&with=").content.decode()
    assert "data-moves" not in text
    assert 'id="cal-move"' not in text


# --- several visits at once ---------------------------------------------------------------------------------


def _told(number: str = "P133") -> list[tuple[str, str]]:
    rows = Appointment.objects.filter(patient__number=number).order_by("starts_at")
    return [(f"{row.starts_at.astimezone(_CHICAGO):%Y-%m-%d %H:%M}", row.kind) for row in rows]


def test_eight_visits_are_booked_at_once(as_role: Callable[[Role], Client], inside: Clinic) -> None:
    """Across the end of daylight saving time the clock's hour stays; only the first is what was chosen."""
    client = as_role(Role.FRONT_DESK)
    wanted = {"on": "2026-10-21", "at": "14:30", "kind": "evaluation", "visits": "8", "weekdays": ["0", "2"]}
    answer = client.post(_NEW, {**_entered(), **wanted}, follow=True)
    days = ["10-21", "10-26", "10-28", "11-02", "11-04", "11-09", "11-11", "11-16"]
    kinds = ["evaluation", *["treatment"] * 7]
    assert _told() == [(f"2026-{day} 14:30", kind) for day, kind in zip(days, kinds, strict=True)]
    assert "Booked for 8 visits, Wednesday, October 21 through Monday, November 16." in answer.content.decode()
    assert TrailEntry.objects.filter(action="create", subject="appointment").count() == 8
    assert inside.slug == "millrace"


def test_without_days_of_the_week_it_is_once_a_week(as_role: Callable[[Role], Client], inside: Clinic) -> None:
    as_role(Role.FRONT_DESK).post(_NEW, {**_entered(), "visits": "3"})
    assert [when for when, _kind in _told()] == ["2026-10-13 14:30", "2026-10-20 14:30", "2026-10-27 14:30"]
    assert inside.slug == "millrace"


@pytest.mark.parametrize(
    ("visits", "weekdays", "booked"),
    [
        ("", [], 1),
        ("1", ["1"], 1),
        ("1", ["2"], 0),
        ("0", [], 0),
        ("40", ["1", "3"], 40),
        ("41", [], 0),
        ("3", ["7"], 0),
    ],
)
def test_how_many_and_on_which_days(
    as_role: Callable[[Role], Client], inside: Clinic, visits: str, weekdays: list[str], booked: int
) -> None:
    """October 13 is a Tuesday (1): the first visit is on one of the days chosen."""
    told = {**_entered(), "visits": visits, "weekdays": weekdays}
    assert as_role(Role.FRONT_DESK).post(_NEW, told).status_code == (302 if booked else 422)
    assert len(_told()) == booked
    assert inside.slug == "millrace"


def test_one_clash_keeps_all_from_being_booked_until_somebody_says_so(
    as_role: Callable[[Role], Client], inside: Clinic
) -> None:
    _booked(inside, "P134", starts_at=datetime(2026, 10, 20, 15, 0, tzinfo=_CHICAGO))
    client = as_role(Role.FRONT_DESK)
    told = {**_entered(), "visits": "3"}
    refused = client.post(_NEW, told)
    assert (refused.status_code, _told()) == (422, [])
    assert "Tue, Oct 20, 3:00 PM, 45 min" in refused.content.decode()
    assert client.post(_NEW, {**told, "anyway": "1"}).status_code == 302
    assert len(_told()) == 3


@pytest.mark.parametrize(("visits", "listed", "says_more"), [("12", 12, False), ("13", 12, True)])
def test_the_patients_page_lists_the_visits_to_come(
    as_role: Callable[[Role], Client],
    inside: Clinic,
    visits: str,
    listed: int,
    says_more: bool,  # noqa: FBT001 - a case
) -> None:
    client = as_role(Role.FRONT_DESK)
    told = _entered(visits=visits)
    client.post(_NEW, told)
    page = client.get(f"/c/millrace/patients/{told['patient']}/").content.decode()
    assert page.count('<span class="tag tag-info">booked</span>') == listed
    assert ("and more, in the calendar" in page) is says_more
    assert inside.slug == "millrace"
