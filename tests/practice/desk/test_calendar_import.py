"""Importing a calendar: the preview, what goes in, what is refused, and that the same file twice changes nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cleanclaim.practice.imports.siu import read_siu
from cleanclaim.practice.imports.taking import Outcome, plan_rows, take
from cleanclaim.practice.models import Appointment, Clinic, Patient, Provider, Role, TrailEntry, Visit

_CHICAGO = ZoneInfo("America/Chicago")
_IMPORT = "/c/millrace/calendar/import/"


def _message(key: str = "a1", event: str = "S12", at: str = "20261013143000", **changes: str) -> str:
    pid = changes.get("pid", "PID|1||P101||Colewood^Harriet||19480502")
    return (
        f"MSH|^~\\&|E|M|C|M|2026||SIU^{event}|1|P|2.5\rSCH|{key}||||||||45|MIN|^^^{at}\r"
        f"{pid}\rAIP|1||{changes.get('aip', 'okafor')}\r"
    )


def _outcomes(clinic: Clinic, *messages: str, default: Provider | None = None) -> list[str]:
    rows = plan_rows(clinic, read_siu("".join(messages).encode(), _CHICAGO), default=default)
    take(rows)
    return [row.outcome.value for row in rows]


def _refused(clinic: Clinic, text: str) -> tuple[str, str]:
    (row,) = plan_rows(clinic, read_siu(text.encode(), _CHICAGO), default=None)
    assert row.outcome is Outcome.REFUSED
    (problem,) = row.problems
    return problem.field, problem.expected


def test_an_appointment_is_made_moved_canceled_and_known_again(inside: Clinic) -> None:
    assert _outcomes(inside, _message()) == ["new"]
    assert _outcomes(inside, _message()) == ["unchanged"]
    assert _outcomes(inside, _message(event="S13", at="20261014090000")) == ["changed"]
    assert _outcomes(inside, _message(event="S26")) == ["no-show"]
    assert _outcomes(inside, _message(event="S26")) == ["unchanged"]
    assert _outcomes(inside, _message(event="S15")) == ["canceled"]
    row = Appointment.objects.get(external_key="a1")
    assert (row.status, row.starts_at, row.minutes) == (
        "canceled",
        datetime(2026, 10, 14, 9, tzinfo=_CHICAGO),
        45,
    )
    assert (row.provider.key, row.patient.number, row.kind, row.version) == ("okafor", "P101", "treatment", 4)
    assert _outcomes(inside, _message(event="S14", at="20261014090000")) == ["changed"]
    assert Appointment.objects.get(external_key="a1").status == "booked"


def test_messages_of_one_appointment_are_taken_in_their_order(inside: Clinic) -> None:
    told = [_message(), _message(event="S13", at="20261014090000"), _message(event="S15"), _message("a2")]
    assert _outcomes(inside, *told) == ["new", "changed", "canceled", "new"]
    assert Appointment.objects.get(external_key="a1").status == "canceled"
    assert Appointment.objects.filter(external_key__in=["a1", "a2"]).count() == 2


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"pid": "PID|1||P999"}, "patient", "the number of a patient of this clinic"),
        ({"pid": "PID|1||P101||Nesbitt^Walter"}, "patient", "the name and birth date of the patient"),
        ({"pid": "PID|1||P101||Colewood^Harriet||19480503"}, "patient", "the name and birth date of the patient"),
        ({"pid": "PID|1||||Nobody^Here"}, "patient", "none has this name"),
        ({"aip": "house"}, "provider", "one who treats here"),
        ({"aip": ""}, "provider", "the file names nobody"),
        ({"event": "S15"}, "key", "an appointment that was imported before"),
    ],
)
def test_a_row_that_is_refused_says_what_was_expected(
    inside: Clinic, changes: dict[str, str], field: str, words: str
) -> None:
    found = _refused(inside, _message(**changes))
    assert found[0] == field
    assert words in found[1]
    assert Appointment.objects.filter(external_key="a1").count() == 0


def test_two_of_one_name_are_told_apart_by_birth_date(inside: Clinic) -> None:
    twin = Patient.objects.get(number="P102")
    twin.family_name, twin.given_name = "Colewood", "Harriet"
    twin.save()
    named = _refused(inside, _message(pid="PID|1||||Colewood^Harriet"))
    assert "more than one has this name" in named[1]
    assert _outcomes(inside, _message(pid="PID|1||||colewood^HARRIET||19441119")) == ["new"]
    assert Appointment.objects.get(external_key="a1").patient.number == "P102"


@pytest.mark.parametrize("named", ["okafor", "OKAFOR", "okafor@millrace.example"])
def test_who_treats_is_found_by_key_name_or_address(inside: Clinic, named: str) -> None:
    assert _outcomes(inside, _message(aip=named)) == ["new"]
    assert Appointment.objects.get(external_key="a1").provider.key == "okafor"


def test_a_default_treats_where_the_file_names_nobody_known(inside: Clinic) -> None:
    morita = Provider.objects.get(key="morita")
    assert _outcomes(inside, _message(aip=""), _message("a2", aip="room 3"), default=morita) == ["new", "new"]
    keys = Appointment.objects.filter(external_key__in=["a1", "a2"]).values_list("provider__key", flat=True)
    assert list(keys) == ["morita", "morita"]


def test_an_appointment_whose_visit_has_begun_stays(inside: Clinic) -> None:
    _outcomes(inside, _message())
    visit = Visit.objects.get(patient__number="P101", date_of_service="2026-09-25")
    visit.appointment = Appointment.objects.get(external_key="a1")
    visit.save()
    assert _outcomes(inside, _message()) == ["unchanged"]
    assert _outcomes(inside, _message(event="S15")) == ["refused"]
    assert _outcomes(inside, _message(event="S13", at="20261014090000")) == ["refused"]
    assert Appointment.objects.get(external_key="a1").status == "booked"


# --- the page --------------------------------------------------------------------------------------------


def _file(text: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("schedule.hl7", text.encode())


def test_the_preview_writes_nothing_and_then_what_is_good_goes_in(
    as_role: Callable[[Role], Client], inside: Clinic
) -> None:
    del inside
    client = as_role(Role.FRONT_DESK)
    before = Appointment.objects.count()
    shown = client.post(_IMPORT, {"file": _file(_message() + _message("a2", pid="PID|1||P999"))})
    page = shown.content.decode()
    assert shown.status_code == 200
    assert "Take 1 row" in page
    assert "1 refused" in page
    assert "Colewood, Harriet" in page
    assert "the number of a patient of this clinic" in page
    assert "P999" not in page
    assert Appointment.objects.count() == before
    carried = re.search(r'name="carried" value="([^"]+)"', page)
    assert carried is not None
    taken = client.post(_IMPORT, {"carried": carried[1], "take": "1"}, follow=True)
    assert "1 of 2 rows were taken into the calendar." in taken.content.decode()
    assert Appointment.objects.count() == before + 1
    entry = TrailEntry.objects.filter(action="import")[0]
    assert (entry.subject, entry.detail) == ("appointment", "1 of 2 rows")
    again = client.post(_IMPORT, {"carried": carried[1], "take": "1"}, follow=True)
    assert "0 of 2 rows" in again.content.decode()
    assert Appointment.objects.count() == before + 1


@pytest.mark.parametrize(
    ("entered", "words"),
    [
        ({}, "Expected a file."),
        ({"carried": "not base64!"}, "Expected the file once more."),
        ({"file": _file("hello")}, "Expected HL7 messages, the first segment MSH."),
        ({"file": _file("BEGIN:VCALENDAR\r\nBEGIN:VEVENT")}, "Expected a calendar file (ICS)"),
    ],
)
def test_a_file_that_is_refused(
    as_role: Callable[[Role], Client], inside: Clinic, entered: dict[str, object], words: str
) -> None:
    del inside
    answer = as_role(Role.FRONT_DESK).post(_IMPORT, {"provider": "", **entered})
    assert answer.status_code == 422
    assert words in answer.content.decode()


@pytest.mark.parametrize(("size", "status"), [(2 * 1024 * 1024, 200), (2 * 1024 * 1024 + 1, 422)])
def test_two_megabytes_are_the_most(as_role: Callable[[Role], Client], inside: Clinic, size: int, status: int) -> None:
    del inside
    text = _message().ljust(size, "\r")
    assert as_role(Role.FRONT_DESK).post(_IMPORT, {"file": _file(text)}).status_code == status


@pytest.mark.parametrize("role", [Role.THERAPIST, Role.ASSISTANT, Role.AUDITOR])
def test_who_may_not_import(as_role: Callable[[Role], Client], inside: Clinic, role: Role) -> None:
    del inside
    answer = as_role(role).post(_IMPORT, {"file": _file(_message())})
    assert answer.status_code == 403
    assert Appointment.objects.filter(external_key="a1").count() == 0
