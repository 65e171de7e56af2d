"""What a patient is asked for when they come: what is owed, the copay, and what was taken already."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client

from cleanclaim.practice.engine.patients.at_the_desk import Copay, copay_on, taken_on
from cleanclaim.practice.models import (
    Appointment,
    Clinic,
    Coverage,
    EligibilityAnswer,
    Patient,
    Provider,
    Receipt,
    Role,
)
from tests.practice.conftest import DAY

As = Callable[[Role], Client]


@pytest.fixture
def coverage(inside: Clinic) -> Coverage:
    """The only coverage of a patient of a commercial plan."""
    del inside
    found: Coverage = Coverage.objects.select_related("patient").get(patient__number="P125", order="primary")
    return found


def _answered(coverage: Coverage, on: date, **told: object) -> None:
    EligibilityAnswer.objects.create(clinic=coverage.clinic, coverage=coverage, asked_on=on, source="portal", **told)


def test_nobody_knows_a_copay_that_nobody_told(coverage: Coverage) -> None:
    assert copay_on(coverage.patient_id, DAY) is None


def test_the_card_stands_before_an_answer(coverage: Coverage) -> None:
    _answered(coverage, DAY, copay_cents=4000)
    assert copay_on(coverage.patient_id, DAY) == Copay("Larkspur Mutual", 4000, "eligibility of Sep 25")
    coverage.copay_cents = 3000
    coverage.save()
    assert copay_on(coverage.patient_id, DAY) == Copay("Larkspur Mutual", 3000, "as entered with the coverage")


@pytest.mark.parametrize(
    ("asked_on", "is_told"),
    [(date(2026, 8, 31), False), (date(2026, 9, 1), True), (DAY, True), (date(2026, 9, 26), False)],
)
def test_an_answer_holds_for_its_month(coverage: Coverage, asked_on: date, is_told: bool) -> None:  # noqa: FBT001 - a case
    _answered(coverage, asked_on, copay_cents=4000)
    assert (copay_on(coverage.patient_id, DAY) is not None) is is_told


@pytest.mark.parametrize(("ends", "is_told"), [(-1, False), (0, True)])
def test_a_coverage_that_has_ended_has_no_copay(coverage: Coverage, ends: int, is_told: bool) -> None:  # noqa: FBT001 - a case
    coverage.copay_cents, coverage.valid_through = 3000, DAY + timedelta(days=ends)
    coverage.save()
    assert (copay_on(coverage.patient_id, DAY) is not None) is is_told


def test_a_protected_patient_is_asked_for_nothing(coverage: Coverage) -> None:
    coverage.copay_cents = 3000
    coverage.save()
    _answered(coverage, DAY, qmb=True)
    found = copay_on(coverage.patient_id, DAY)
    assert found is not None
    assert (found.cents, found.told_by) == (0, "Qualified Medicare Beneficiary")


def test_a_copay_is_proposed_once_a_day(as_role: As, coverage: Coverage) -> None:
    coverage.copay_cents = 3000
    coverage.save()
    client, patient = as_role(Role.FRONT_DESK), coverage.patient
    address = f"/c/millrace/patients/{patient.pk}/account/pay/"
    page = client.get(address)
    assert page.context["form"]["cents"].value() == "30.00"
    assert "$30.00</strong> copay a visit, Larkspur Mutual" in page.content.decode()
    told = {"key": page.context["form"]["key"].value(), "cents": "30.00", "means": "cash", "received_on": str(DAY)}
    assert client.post(address, told).status_code == 302
    assert taken_on(patient.pk, DAY) == 3000
    again = client.get(address)
    assert again.context["form"]["cents"].value() is None
    assert "$30.00</strong> was taken today already" in again.content.decode()


@pytest.mark.parametrize(
    ("role", "is_shown"), [(Role.FRONT_DESK, True), (Role.THERAPIST, False), (Role.AUDITOR, False)]
)
def test_an_appointment_says_what_to_ask_for(as_role: As, coverage: Coverage, role: Role, is_shown: bool) -> None:  # noqa: FBT001 - a case
    coverage.copay_cents = 3000
    coverage.save()
    row = _booked(coverage.clinic, coverage.patient)
    page = as_role(role).get(f"/c/millrace/appointments/{row.pk}/").content.decode()
    assert ("At the desk" in page, "$30.00" in page, "/account/pay/" in page) == (is_shown,) * 3


def test_nobody_is_asked_for_anything_who_did_not_come(as_role: As, coverage: Coverage) -> None:
    row = _booked(coverage.clinic, coverage.patient, status="no_show")
    page = as_role(Role.FRONT_DESK).get(f"/c/millrace/appointments/{row.pk}/").content.decode()
    assert "Book again" in page
    assert "At the desk" not in page


def _booked(clinic: Clinic, patient: Patient, **changes: object) -> Appointment:
    provider = Provider.objects.get(key="okafor")
    made: Appointment = Appointment.objects.create(
        clinic=clinic, patient=patient, provider=provider, starts_at="2026-09-25T15:00:00Z", minutes=45, **changes
    )
    return made


@pytest.mark.parametrize(
    ("means", "kept"),
    [("cash", ("", "", "")), ("check", ("1005", "", "")), ("card", ("", "4242", "ref-9"))],
)
def test_what_belongs_to_another_way_of_paying_is_dropped(
    as_role: As, coverage: Coverage, means: str, kept: tuple[str, str, str]
) -> None:
    """The fields of the others are hidden, with whatever was typed before the way of paying was changed."""
    patient = coverage.patient_id
    told = {
        "key": "8d6dfd53-5b3a-4cb5-8f4b-9df6f5f9a001", "cents": "30", "means": means, "received_on": str(DAY),
        "check_number": "1005", "card_last_four": "4242", "processor_reference": "ref-9",
    }  # fmt: skip
    assert as_role(Role.FRONT_DESK).post(f"/c/millrace/patients/{patient}/account/pay/", told).status_code == 302
    row = Receipt.objects.get(patient=patient)
    assert (row.check_number, row.card_last_four, row.processor_reference) == kept


def test_a_wrong_digit_of_a_card_that_is_not_used_stops_nobody(as_role: As, coverage: Coverage) -> None:
    patient = coverage.patient_id
    told = {
        "key": "8d6dfd53-5b3a-4cb5-8f4b-9df6f5f9a002", "cents": "30", "means": "cash", "received_on": str(DAY),
        "card_last_four": "42",
    }  # fmt: skip
    address = f"/c/millrace/patients/{patient}/account/pay/"
    assert as_role(Role.FRONT_DESK).post(address, {**told, "means": "card"}).status_code == 422
    assert as_role(Role.FRONT_DESK).post(address, told).status_code == 302


@pytest.mark.parametrize(("role", "page"), [(Role.FRONT_DESK, "calendar"), (Role.THERAPIST, "today")])
def test_a_day_begins_where_the_work_is(as_role: As, inside: Clinic, role: Role, page: str) -> None:
    assert as_role(role).get("/")["Location"] == f"/c/{inside.slug}/{page}/"
