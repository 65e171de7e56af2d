"""Who is to come and is not ready: whom the page lists, in which order, and what it says of each."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cleanclaim.practice.models import (
    Appointment,
    AppointmentStatus,
    Clinic,
    Coverage,
    EligibilityAnswer,
    Patient,
    Provider,
    Role,
)

_CHICAGO = ZoneInfo("America/Chicago")
_PAGE = "/c/millrace/patients/upcoming/"


def _book(clinic: Clinic, number: str, starts_at: datetime, status: str = "booked") -> None:
    Appointment.objects.create(
        clinic=clinic,
        patient=Patient.objects.get(number=number),
        provider=Provider.objects.get(key="okafor"),
        starts_at=starts_at,
        status=status,
    )


def _names(client: Client, **asked: str) -> list[str]:
    page = client.get(_PAGE, asked).content.decode()
    return re.findall(r'#readiness">([^<]+)</a>', page)


@pytest.fixture
def empty(inside: Clinic) -> Clinic:
    """The clinic with nobody booked."""
    Appointment.objects.all().delete()
    return inside


def test_patients_stand_once_by_when_they_come_first(as_role: Callable[[Role], Client], empty: Clinic) -> None:
    _book(empty, "P102", datetime(2026, 9, 28, 9, tzinfo=_CHICAGO))
    _book(empty, "P101", datetime(2026, 9, 25, 10, tzinfo=_CHICAGO))
    _book(empty, "P102", datetime(2026, 9, 25, 8, tzinfo=_CHICAGO))
    assert _names(as_role(Role.FRONT_DESK)) == ["Nesbitt, Walter", "Colewood, Harriet"]


@pytest.mark.parametrize(
    ("starts_at", "days", "count"),
    [
        (datetime(2026, 9, 25, 0, 0, tzinfo=_CHICAGO), "1", 1),
        (datetime(2026, 9, 24, 23, 59, tzinfo=_CHICAGO), "1", 0),
        (datetime(2026, 9, 25, 23, 59, tzinfo=_CHICAGO), "1", 1),
        (datetime(2026, 9, 26, 0, 0, tzinfo=_CHICAGO), "1", 0),
        (datetime(2026, 10, 1, 23, 59, tzinfo=_CHICAGO), "7", 1),
        (datetime(2026, 10, 2, 0, 0, tzinfo=_CHICAGO), "7", 0),
        (datetime(2026, 10, 1, 23, 59, tzinfo=_CHICAGO), "9", 1),
    ],
)
def test_days_are_the_clinics(
    as_role: Callable[[Role], Client], empty: Clinic, starts_at: datetime, days: str, count: int
) -> None:
    _book(empty, "P101", starts_at)
    assert len(_names(as_role(Role.FRONT_DESK), days=days)) == count


@pytest.mark.parametrize("status", [AppointmentStatus.CANCELED.value, AppointmentStatus.NO_SHOW.value])
def test_who_does_not_come_is_left_out(as_role: Callable[[Role], Client], empty: Clinic, status: str) -> None:
    _book(empty, "P101", datetime(2026, 9, 28, 9, tzinfo=_CHICAGO), status)
    page = as_role(Role.FRONT_DESK).get(_PAGE).content.decode()
    assert "Nobody is booked in these days." in page


def test_each_is_said_to_be_ready_or_what_to_settle(as_role: Callable[[Role], Client], empty: Clinic) -> None:
    for number in ("P101", "P116"):
        _book(empty, number, datetime(2026, 9, 28, 9, tzinfo=_CHICAGO))
    EligibilityAnswer.objects.create(
        clinic=empty,
        coverage=Coverage.objects.get(patient__number="P101", order="primary"),
        asked_on=date(2026, 9, 25),
        source="portal",
        is_active=True,
        home_health_open=False,
    )
    page = as_role(Role.THERAPIST).get(_PAGE).content.decode()
    assert "1 of 2 patients on this page ready for a claim" in page
    assert "No certifying provider on the claim, the payer wants one." in page
    assert "nothing, as far as judged" in page
    assert "$" not in page


def test_twenty_five_stand_on_a_page(as_role: Callable[[Role], Client], empty: Clinic) -> None:
    for patient in Patient.objects.all():
        _book(empty, patient.number, datetime(2026, 9, 28, 9, tzinfo=_CHICAGO))
    client = as_role(Role.FRONT_DESK)
    first, second = _names(client), _names(client, page="2")
    assert (len(first), len(second), len({*first, *second})) == (25, 17, 42)


def test_the_queries_do_not_grow_with_the_patients(
    as_role: Callable[[Role], Client], empty: Clinic, django_assert_num_queries: Callable[[int], object]
) -> None:
    client = as_role(Role.FRONT_DESK)
    few = ["P101", "P119", "P128", "P133"]
    for number in few:
        _book(empty, number, datetime(2026, 9, 28, 9, tzinfo=_CHICAGO))
    client.get(_PAGE)
    with CaptureQueriesContext(connection) as before:
        client.get(_PAGE)
    for patient in Patient.objects.exclude(number__in=few)[:18]:
        _book(empty, patient.number, datetime(2026, 9, 28, 10, tzinfo=_CHICAGO))
    with django_assert_num_queries(len(before.captured_queries)):  # type: ignore[attr-defined]
        assert len(_names(client)) == 22
