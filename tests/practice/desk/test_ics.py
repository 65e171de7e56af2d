"""Reading calendar files: what an event asks for, and what is said of one that cannot be read."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from cleanclaim.practice.imports.ics import read_ics
from cleanclaim.practice.imports.slots import Ask, Problem, UnreadableFileError, WantedSlot, WhoIsMeant

_CHICAGO = ZoneInfo("America/Chicago")
_TODAY = date(2026, 9, 25)
_AT = datetime(2026, 9, 28, 14, 30, tzinfo=_CHICAGO)


def calendar(*events: str, head: str = "") -> bytes:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Test//EN", *head.splitlines()]
    for event in events:
        lines += ["BEGIN:VEVENT", *event.strip().splitlines(), "END:VEVENT"]
    return "\r\n".join([*(line.strip() for line in lines), "END:VCALENDAR", ""]).encode()


def _read(event: str, head: str = "") -> WantedSlot:
    (found,) = read_ics(calendar(event, head=head), _CHICAGO, today=_TODAY)
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
    found = read_ics(calendar(_event(DTSTART="20269999T143000"), _event(UID="a2")), _CHICAGO, today=_TODAY)
    assert [(one.row, one.key, bool(one.problems)) for one in found] == [(1, "a1", True), (2, "a2", False)]


@pytest.mark.parametrize("data", [b"", b"hello", b"\xff\xfe", b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT"])
def test_what_is_no_calendar_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableFileError, match="expected a calendar file"):
        read_ics(data, _CHICAGO, today=_TODAY)


# --- recurring events -----------------------------------------------------------------------------------------


def _times(*events: str) -> list[tuple[str, str, str]]:
    """Time at the clinic, key and ask of every slot."""
    found = read_ics(calendar(*events), _CHICAGO, today=_TODAY)
    assert not [one.problems for one in found if one.problems]
    return [(f"{one.starts_at:%m-%d %H:%M}" if one.starts_at else "", one.key, one.ask.value) for one in found]


def test_a_recurring_event_is_an_appointment_each_time_by_the_clocks_of_its_zone() -> None:
    # Clocks go back on November 1, 2026; the appointment stays at half past two, and its moment moves by an hour.
    found = _times(_event(RRULE="FREQ=WEEKLY;COUNT=6"))
    assert found == [
        ("09-28 14:30", "a1/20260928T1930Z", "book"),
        ("10-05 14:30", "a1/20261005T1930Z", "book"),
        ("10-12 14:30", "a1/20261012T1930Z", "book"),
        ("10-19 14:30", "a1/20261019T1930Z", "book"),
        ("10-26 14:30", "a1/20261026T1930Z", "book"),
        ("11-02 14:30", "a1/20261102T2030Z", "book"),
    ]


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ("FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20261005T193000Z", ["09-28", "09-30", "10-05"]),
        ("FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20261005T192959Z", ["09-28", "09-30"]),
        ("FREQ=WEEKLY;UNTIL=20261005", ["09-28", "10-05"]),
        ("FREQ=WEEKLY;INTERVAL=2;COUNT=2", ["09-28", "10-12"]),
        ("FREQ=MONTHLY;BYDAY=-1MO;COUNT=2", ["09-28", "10-26"]),
    ],
)
def test_rules_end_where_they_say(rule: str, days: list[str]) -> None:
    assert [at[:5] for at, _key, _ask in _times(_event(RRULE=rule))] == days


def test_an_event_without_an_end_is_followed_for_half_a_year() -> None:
    found = _times(_event(DTSTART="20240101T143000", DTEND="20240101T151500", RRULE="FREQ=WEEKLY"))
    assert (found[0][0], found[-1][0], len(found)) == ("08-31 14:30", "03-22 14:30", 30)


def test_exceptions_are_left_out_and_moved_ones_take_their_own_place() -> None:
    series = _event(RRULE="FREQ=WEEKLY;COUNT=4", EXDATE="20261005T143000")
    moved = _event(DTSTART="20261013T100000", DTEND="20261013T104500") + "\nRECURRENCE-ID:20261012T143000"
    off = "UID:a1\nRECURRENCE-ID;TZID=America/New_York:20261019T153000\nSTATUS:CANCELLED"
    assert _times(series, moved, off) == [
        ("09-28 14:30", "a1/20260928T1930Z", "book"),
        ("10-05 14:30", "a1/20261005T1930Z", "leave_out"),
        ("10-13 10:00", "a1/20261012T1930Z", "book"),
        ("", "a1/20261019T1930Z", "cancel"),
    ]


def test_further_dates_are_appointments_too() -> None:
    assert [at for at, _key, _ask in _times(_event(RDATE="20260930T090000,20261001T090000"))] == [
        "09-28 14:30",
        "09-30 09:00",
        "10-01 09:00",
    ]


def test_a_series_that_is_canceled_leaves_every_appointment_out() -> None:
    found = _times(f"{_event(RRULE='FREQ=WEEKLY;COUNT=2')}\nSTATUS:CANCELLED")
    assert [ask for _at, _key, ask in found] == ["leave_out", "leave_out"]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("FREQ=HOURLY", "one rule by days"),
        ("FREQ=DAILY;BYMINUTE=0,30", "one rule by days"),
        ("FREQ=DAILY;BYDAY=XX", "RFC 5545"),
    ],
)
def test_rules_that_make_no_appointments_are_named(rule: str, expected: str) -> None:
    (found,) = read_ics(calendar(_event(RRULE=rule)), _CHICAGO, today=_TODAY)
    assert any(expected in problem.expected for problem in found.problems)


def test_a_change_of_all_that_follow_is_refused() -> None:
    (found,) = read_ics(
        calendar(f"{_event()}\nRECURRENCE-ID;RANGE=THISANDFUTURE:20261012T143000"), _CHICAGO, today=_TODAY
    )
    assert [problem.field for problem in found.problems] == ["RECURRENCE-ID"]
