from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from cleanclaim.practice.engine.notes.starting import NoTherapistError, start
from cleanclaim.practice.models import Appointment, Clinic, Patient, Provider, Role, TrailEntry, Visit
from cleanclaim.records import VisitKind
from tests.practice.notes.conftest import SignIn
from tests.practice.notes.test_live_check import DAY

ZONE = ZoneInfo("America/Chicago")


def _book(clinic: Clinic, key: str, hour: int, patient: Patient | None = None) -> Appointment:
    booked: Appointment = Appointment.objects.create(
        clinic=clinic,
        patient=patient or Visit.objects.filter(number="V068").get().patient,
        provider=Provider.objects.get(key=key),
        starts_at=datetime(2026, 9, 25, hour, 30, tzinfo=ZONE),
    )
    return booked


def test_a_therapist_sees_the_visits_they_share(sign_in: SignIn, inside: Clinic) -> None:
    del inside
    text = sign_in("lindqvist").get("/c/millrace/today/").content.decode()
    assert "4 visits, 4 notes to sign" in text
    assert [text.count(name) for name in ("Blaine, Theodora", "Whitlow, Jonah")] == [1, 0]
    assert "16 visits, 16 notes to sign" in sign_in("lindqvist").get("/c/millrace/today/?all=1").content.decode()
    assert "2 visits" in sign_in("wilk").get("/c/millrace/today/").content.decode()


def test_earlier_notes_that_nobody_signed_stand_on_top_of_today_only(sign_in: SignIn, inside: Clinic) -> None:
    del inside
    Visit.objects.filter(number="V001").update(status="draft", therapist=Provider.objects.get(key="lindqvist"))
    client = sign_in("lindqvist")
    assert "Still unsigned from earlier days" in client.get("/c/millrace/today/").content.decode()
    assert "Still unsigned" not in client.get("/c/millrace/today/?day=2026-09-24").content.decode()
    assert "Still unsigned" not in sign_in("okafor").get("/c/millrace/today/").content.decode()


def test_as_many_queries_however_long_the_day(
    sign_in: SignIn, inside: Clinic, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = sign_in("lindqvist")
    client.get("/c/millrace/today/")
    with django_assert_num_queries(12):
        client.get("/c/millrace/today/")
    for hour in range(8, 18):
        _book(inside, "lindqvist", hour)
    Visit.objects.filter(date_of_service="2026-09-24").update(status="draft")
    with django_assert_num_queries(12):
        client.get("/c/millrace/today/?all=1")


def test_a_note_starts_from_its_appointment_once(sign_in: SignIn, inside: Clinic) -> None:
    booked = _book(inside, "lindqvist", 16)
    client = sign_in("lindqvist")
    page = client.get("/c/millrace/today/").content.decode()
    assert ("4:30 PM" in page, "1 appointment without a note" in page) == (True, True)
    first = client.post(f"/c/millrace/appointments/{booked.pk}/note/")
    again = client.post(f"/c/millrace/appointments/{booked.pk}/note/")
    visit = Visit.objects.get(appointment=booked)
    assert (first.status_code, first["Location"]) == (302, f"/c/millrace/visits/{visit.pk}/")
    assert again["Location"] == first["Location"]
    assert (visit.date_of_service, visit.time_in.isoformat("minutes"), visit.status) == (DAY, "16:30", "draft")
    assert (visit.note, visit.interventions, visit.billed) == (None, None, None)
    assert visit.diagnoses == ["M54.12"]
    assert Appointment.objects.get(pk=booked.pk).status == "arrived"
    entry = TrailEntry.objects.filter(action="create", subject="visit").order_by("-sequence")[0]
    assert entry.subject_id == str(visit.pk)
    assert client.get(first["Location"]).status_code == 200


def test_an_assistants_visit_goes_under_the_patients_therapist(sign_in: SignIn, inside: Clinic) -> None:
    booked = _book(inside, "wilk", 16)
    sign_in("wilk").post(f"/c/millrace/appointments/{booked.pk}/note/")
    visit = Visit.objects.select_related("therapist", "assistant").get(appointment=booked)
    assert (visit.therapist.key, visit.assistant.key if visit.assistant else "") == ("lindqvist", "wilk")
    stranger = Patient.objects.exclude(visits__isnull=False).first()
    if stranger is None:
        stranger = Patient.objects.get(number="P113")
        stranger.pk, stranger.number = None, "NEW"
        stranger.save(force_insert=True)
    with pytest.raises(NoTherapistError):
        start(inside, stranger, Provider.objects.get(key="wilk"), on=DAY, kind=VisitKind.TREATMENT)


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.THERAPIST, 302), (Role.BILLER, 403), (Role.AUDITOR, 403), (Role.FRONT_DESK, 403), (Role.OWNER, 403)],
)
def test_who_may_start_a_note_for_a_patient(
    as_role: Callable[[Role], Client], inside: Clinic, role: Role, status: int
) -> None:
    del inside
    patient = Patient.objects.get(number="P113")
    before = Visit.objects.count()
    assert as_role(role).post(f"/c/millrace/patients/{patient.pk}/note/").status_code == status
    assert Visit.objects.count() == before + int(status == 302)


def test_a_day_that_is_none_is_today(sign_in: SignIn) -> None:
    client = sign_in("lindqvist")
    assert "Friday, September 25" in client.get("/c/millrace/today/?day=yesterday").content.decode()
    assert "Thursday, September 24" in client.get("/c/millrace/today/?day=2026-09-24").content.decode()
