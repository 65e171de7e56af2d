"""Reading calendar files: what an event asks for, and what is said of one that cannot be read."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from cleanclaim.practice.imports.ics import read_ics
from cleanclaim.practice.imports.slots import Ask, Problem, UnreadableFileError, WantedSlot, WhoIsMeant

_CHICAGO = ZoneInfo("America/Chicago")
_AT = datetime(2026, 9, 28, 14, 30, tzinfo=_CHICAGO)


def calendar(*events: str, head: str = "") -> bytes:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Test//EN", *head.splitlines()]
    for event in events:
        lines += ["BEGIN:VEVENT", *event.strip().splitlines(), "END:VEVENT"]
    return "\r\n".join([*(line.strip() for line in lines), "END:VCALENDAR", ""]).encode()


def _read(event: str, head: str = "") -> WantedSlot:
    (found,) = read_ics(calendar(event, head=head), _CHICAGO)
    return found


def _event(**changes: str) -> str:
    lines = {"UID": "a1", "DTSTART": "20260928T143000", "DTEND": "20260928T151500", "SUMMARY": "P101", **changes}
    return "\n".join(f"{name}:{value}" for name, value in lines.items() if value)


def test_an_event_asks_for_an_appointment() -> None:
    assert _read(_event()) == WantedSlot(1, "event 1", "a1", Ask.BOOK, _AT, 45, WhoIsMeant(number="P101"))


@pytest.mark.parametrize(
    "line",
    [
        "DTSTART:20260928T143000",
        "DTSTART:20260928T193000Z",
        "DTSTART;TZID=America/New_York:20260928T153000",
    ],
)
def test_a_time_is_the_clinics_unless_it_names_its_zone(line: str) -> None:
    found = _read(f"UID:a1\n{line}\nDURATION:PT30M\nSUMMARY:P101")
    assert (found.starts_at, found.minutes, found.problems) == (_AT, 30, ())


@pytest.mark.parametrize(
    ("summary", "meant"),
    [
        ("P101", WhoIsMeant(number="P101")),
        ("PT visit P101 knee", WhoIsMeant(number="P101")),
        ("Colewood\\, Harriet", WhoIsMeant(family_name="Colewood", given_name="Harriet")),
        ("Harriet Colewood", WhoIsMeant(family_name="Colewood", given_name="Harriet")),
    ],
)
def test_whom_a_summary_means(summary: str, meant: WhoIsMeant) -> None:
    assert _read(_event(SUMMARY=summary)).patient == meant


def test_a_line_of_the_description_comes_before_the_summary() -> None:
    found = _read(_event(SUMMARY="Evaluation room 2", DESCRIPTION="Knee\\nPatient: P102"))
    assert found.patient == WhoIsMeant(number="P102")


@pytest.mark.parametrize(
    "line", ["ORGANIZER:mailto:Okafor@Millrace.example", "ATTENDEE:MAILTO:okafor@millrace.example"]
)
def test_who_treats_is_the_organizer_or_an_attendee(line: str) -> None:
    assert _read(f"{_event()}\n{line}").provider == "okafor@millrace.example"


@pytest.mark.parametrize(("event", "head"), [("STATUS:CANCELLED", ""), ("SEQUENCE:1", "METHOD:CANCEL")])
def test_a_canceled_event_needs_no_more_than_its_key(event: str, head: str) -> None:
    found = _read(f"UID:a1\n{event}", head)
    assert (found.ask, found.key, found.problems) == (Ask.CANCEL, "a1", ())


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"UID": ""}, Problem("UID", "the event's key, by which it is known again")),
        ({"DTSTART": ""}, Problem("DTSTART", "a day with a time, not a whole day")),
        ({"SUMMARY": "Lunch"}, Problem("SUMMARY", "the patient: a number such as P101, or Family, Given")),
        ({"RRULE": "FREQ=WEEKLY"}, Problem("RRULE", "single events, not a recurring one")),
        ({"DTEND": "20260928T143400"}, Problem("DTEND", "5 minutes to 8 hours after DTSTART")),
        ({"DTEND": "20260928T223100"}, Problem("DTEND", "5 minutes to 8 hours after DTSTART")),
    ],
)
def test_what_an_event_lacks_is_named(changes: dict[str, str], problem: Problem) -> None:
    assert _read(_event(**changes)).problems == (problem,)


@pytest.mark.parametrize(("end", "minutes"), [("20260928T143500", 5), ("20260928T223000", 480), ("", None)])
def test_how_long_an_event_may_be(end: str, minutes: int | None) -> None:
    found = _read(_event(DTEND=end))
    assert (found.minutes, found.problems) == (minutes, ())


def test_a_whole_day_is_no_appointment() -> None:
    found = _read("UID:a1\nDTSTART;VALUE=DATE:20260928\nSUMMARY:P101")
    assert [problem.field for problem in found.problems] == ["DTSTART"]


def test_a_bad_event_does_not_hold_up_the_others() -> None:
    found = read_ics(calendar(_event(DTSTART="20269999T143000"), _event(UID="a2")), _CHICAGO)
    assert [(one.row, one.key, bool(one.problems)) for one in found] == [(1, "a1", True), (2, "a2", False)]


@pytest.mark.parametrize("data", [b"", b"hello", b"\xff\xfe", b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT"])
def test_what_is_no_calendar_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableFileError, match="expected a calendar file"):
        read_ics(data, _CHICAGO)
