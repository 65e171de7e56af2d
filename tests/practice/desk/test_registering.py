"""Registering and changing patients: duplicates, numbers, versions, what is refused and kept."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from cleanclaim.practice.models import Clinic, Patient, Role, TrailEntry

_NEW = "/c/millrace/patients/new/"
GOOD = {
    "family_name": "Newman",
    "given_name": "Ann",
    "birth_date": "1961-02-03",
    "sex": "F",
    "line1": "4 Elm St",
    "city": "Chicago",
    "state": "IL",
    "zip_code": "60616",
    "phone": "(312) 555-0190",
}


def test_a_patient_is_registered_with_the_next_number(as_role: Callable[[Role], Client], inside: Clinic) -> None:
    page = as_role(Role.FRONT_DESK).post(_NEW, GOOD)
    one = Patient.objects.get(family_name="Newman")
    assert (page.status_code, page["Location"]) == (302, f"/c/millrace/patients/{one.pk}/")
    assert (one.number, one.phone, one.ssn, one.clinic) == ("P143", "3125550190", None, inside)
    entry = TrailEntry.objects.order_by("-sequence")[0]
    assert (entry.action, entry.subject, entry.subject_id) == ("create", "patient", str(one.pk))


def test_who_may_be_there_already_is_shown_first(as_role: Callable[[Role], Client], inside: Clinic) -> None:
    client = as_role(Role.FRONT_DESK)
    same = {**GOOD, "family_name": "Colewood", "birth_date": "1948-05-02"}
    page = client.post(_NEW, same)
    text = page.content.decode()
    held = Patient.objects.get(number="P101")
    assert page.status_code == 200
    assert "1 patient may be the same person" in text
    assert f"/c/millrace/patients/{held.pk}/" in text
    assert 'value="4 Elm St"' in text
    assert Patient.objects.count() == 42
    assert client.post(_NEW, {**same, "anyway": "1"}).status_code == 302
    assert Patient.objects.filter(family_name="Colewood").count() == 2
    del inside


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"birth_date": "2026-09-26"}, "Expected a day that has come."),
        ({"zip_code": "606"}, "Expected five or nine digits"),
        ({"zip_code": "89501"}, "This ZIP code lies in NV."),
        ({"phone": "555-0190"}, "Expected ten digits"),
        ({"number": "P 1"}, "Expected letters, digits and hyphens."),
        ({"number": "P101"}, "Another patient has this number."),
        ({"ssn": "12345678"}, "Expected nine digits."),
        ({"accident_kind": "auto", "accident_on": "2026-09-01"}, "Expected the state in which"),
        ({"accident_kind": "other"}, "Expected the day, as a kind of accident is given."),
        ({"accident_on": "2026-09-01"}, "Expected what kind of accident it was"),
        ({"family_name": ""}, "This field is required."),
    ],
)
def test_what_is_refused_keeps_what_was_typed(
    as_role: Callable[[Role], Client], inside: Clinic, changes: dict[str, str], words: str
) -> None:
    page = as_role(Role.FRONT_DESK).post(_NEW, {**GOOD, **changes})
    assert page.status_code == 422
    assert words in page.content.decode()
    assert 'value="4 Elm St"' in page.content.decode()
    assert Patient.objects.count() == 42
    del inside


def test_a_birth_date_may_be_today(as_role: Callable[[Role], Client], inside: Clinic) -> None:
    assert as_role(Role.FRONT_DESK).post(_NEW, {**GOOD, "birth_date": "2026-09-25"}).status_code == 302
    del inside


def test_a_change_is_written_once_and_the_second_editor_is_told(
    as_role: Callable[[Role], Client], inside: Clinic
) -> None:
    client = as_role(Role.FRONT_DESK)
    one = Patient.objects.get(number="P101")
    address = f"/c/millrace/patients/{one.pk}/edit/"
    assert 'name="version" value="1"' in client.get(address).content.decode()
    entered = {**GOOD, "family_name": "Colewood", "given_name": "Harriet", "number": "P101", "version": "1"}
    assert client.post(address, {**entered, "city": "Oak Park", "ssn": "123-45-6789"}).status_code == 302
    late = client.post(address, {**entered, "city": "Evanston"})
    assert late.status_code == 409
    assert "Somebody else changed this meanwhile" in late.content.decode()
    assert 'value="Evanston"' in late.content.decode()
    kept = Patient.objects.get(number="P101")
    assert (kept.city, kept.version, kept.ssn) == ("Oak Park", 2, "123456789")
    told = TrailEntry.objects.order_by("-sequence")[0].detail
    assert sorted(told.split(", ")) == ["birth_date", "city", "line1", "phone", "ssn", "zip_code"]
    del inside


def test_a_social_security_number_is_kept_and_never_shown(as_role: Callable[[Role], Client], inside: Clinic) -> None:
    client = as_role(Role.FRONT_DESK)
    one = Patient.objects.get(number="P101")
    one.ssn = "123456789"
    one.save()
    edit, page = f"/c/millrace/patients/{one.pk}/edit/", f"/c/millrace/patients/{one.pk}/"
    assert "6789" not in client.get(edit).content.decode()
    assert "on file, sealed" in client.get(page).content.decode()
    entered = {**GOOD, "number": "P101", "version": str(one.version)}
    assert client.post(edit, entered).status_code == 302
    assert Patient.objects.get(number="P101").ssn == "123456789"
    del inside


def test_an_inactive_patient_leaves_the_list_and_comes_back(as_role: Callable[[Role], Client], inside: Clinic) -> None:
    client = as_role(Role.FRONT_DESK)
    one = Patient.objects.get(number="P101")
    client.post(f"/c/millrace/patients/{one.pk}/active/", {"active": "0", "version": "1"})
    assert "41 patients" in client.get("/c/millrace/patients/").content.decode()
    assert "1 patient<" in client.get("/c/millrace/patients/?care=inactive").content.decode()
    client.post(f"/c/millrace/patients/{one.pk}/active/", {"active": "1", "version": "1"})
    assert Patient.objects.get(number="P101").is_active is False
    client.post(f"/c/millrace/patients/{one.pk}/active/", {"active": "1", "version": "2"})
    assert Patient.objects.get(number="P101").is_active is True
    del inside


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.OWNER, 302),
        (Role.FRONT_DESK, 302),
        (Role.BILLER, 302),
        (Role.THERAPIST, 403),
        (Role.ASSISTANT, 403),
        (Role.AUDITOR, 403),
    ],
)
def test_who_may_register(as_role: Callable[[Role], Client], inside: Clinic, role: Role, status: int) -> None:
    assert as_role(role).post(_NEW, GOOD).status_code == status
    assert Patient.objects.filter(family_name="Newman").count() == (status == 302)
    del inside
