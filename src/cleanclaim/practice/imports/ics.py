"""Read calendar files (RFC 5545): each event is one appointment.

The patient stands in the summary, as `P101 …`, `Colewood, Harriet` or `Harriet Colewood`, or in a line
`Patient: P101` of the description. Who treats is the organizer or an attendee, where one is named. A time without a
zone is the clinic's. A recurring event is refused, as its exceptions cannot be told from a file alone: calendars
export single events on request.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar

from cleanclaim.practice.imports.slots import Ask, Problem, UnreadableFileError, WantedSlot, WhoIsMeant

_NUMBER = re.compile(r"\b([A-Za-z]{0,4}-?\d{2,})\b")
_PATIENT_LINE = re.compile(r"^\s*patient\s*:\s*(.+)$", re.IGNORECASE | re.MULTILINE)
_LONGEST = timedelta(hours=8)
_SHORTEST = timedelta(minutes=5)


def read_ics(data: bytes, zone: ZoneInfo) -> list[WantedSlot]:
    """Every event of a calendar file, in its order; one with problems says so and the others go on.

    Raises:
        UnreadableFileError: the file is no calendar.
    """
    try:
        text = data.decode("utf-8-sig")
        calendars = icalendar.Calendar.from_ical(text, multiple=True)
    except (UnicodeDecodeError, ValueError, IndexError) as error:
        raise UnreadableFileError("expected a calendar file (ICS) that begins with BEGIN:VCALENDAR") from error
    if not calendars:
        raise UnreadableFileError("expected a calendar file (ICS) that begins with BEGIN:VCALENDAR")
    events = [(calendar, event) for calendar in calendars for event in calendar.walk("VEVENT")]
    return [_slot(row, event, str(calendar.get("METHOD", "")), zone) for row, (calendar, event) in enumerate(events, 1)]


def _slot(row: int, event: icalendar.Component, method: str, zone: ZoneInfo) -> WantedSlot:
    problems: list[Problem] = [
        Problem(str(name or "event"), "a value as RFC 5545 writes it") for name, _ in event.errors
    ]
    key = str(event.get("UID", "")).strip()[:120]
    if not key:
        problems.append(Problem("UID", "the event's key, by which it is known again"))
    is_off = method.upper() == "CANCEL" or str(event.get("STATUS", "")).upper() == "CANCELLED"
    place = f"event {row}"
    if is_off:
        return WantedSlot(row, place, key, Ask.CANCEL, problems=tuple(problems))
    if "RRULE" in event or "RDATE" in event:
        problems.append(Problem("RRULE", "single events, not a recurring one"))
    starts_at = _moment(event, zone, problems)
    minutes = _minutes(event, starts_at, zone, problems)
    patient = _patient(str(event.get("SUMMARY", "")), str(event.get("DESCRIPTION", "")))
    if patient == WhoIsMeant():
        problems.append(Problem("SUMMARY", "the patient: a number such as P101, or Family, Given"))
    return WantedSlot(
        row, place, key, Ask.BOOK, starts_at, minutes, patient, _provider(event), problems=tuple(problems)
    )


def _value(event: icalendar.Component, name: str) -> Any:  # noqa: ANN401 - a day, a moment or a duration
    """What a property says; `None` where it is not there or cannot be read, which `event.errors` tells."""
    try:
        return getattr(event.get(name), "dt", None)
    except icalendar.error.BrokenCalendarProperty:
        return None


def _moment(event: icalendar.Component, zone: ZoneInfo, problems: list[Problem]) -> datetime | None:
    value = _value(event, "DTSTART")
    if not isinstance(value, datetime):
        if not any(problem.field == "DTSTART" for problem in problems):
            problems.append(Problem("DTSTART", "a day with a time, not a whole day"))
        return None
    return value.replace(tzinfo=zone) if value.tzinfo is None else value.astimezone(zone)


def _minutes(
    event: icalendar.Component, starts_at: datetime | None, zone: ZoneInfo, problems: list[Problem]
) -> int | None:
    """Whole minutes from DTEND or DURATION; `None` where the event gives neither, so that the clinic's usual holds."""
    end, lasts = _value(event, "DTEND"), _value(event, "DURATION")
    if isinstance(end, datetime) and starts_at is not None:
        lasts = (end.replace(tzinfo=zone) if end.tzinfo is None else end) - starts_at
    elif isinstance(end, date) and not isinstance(end, datetime):
        problems.append(Problem("DTEND", "a day with a time, not a whole day"))
        return None
    if not isinstance(lasts, timedelta):
        return None
    if not _SHORTEST <= lasts <= _LONGEST:
        problems.append(Problem("DTEND", "5 minutes to 8 hours after DTSTART"))
        return None
    return int(lasts.total_seconds() // 60)


def _patient(summary: str, description: str) -> WhoIsMeant:
    line = _PATIENT_LINE.search(description)
    text = (line[1] if line else summary).strip()
    number = _NUMBER.search(text)
    if number is not None:
        return WhoIsMeant(number=number[1])
    family, comma, given = (part.strip() for part in text.partition(","))
    if comma and family and given:
        return WhoIsMeant(family_name=family, given_name=given.split()[0])
    words = text.split()
    if len(words) == 2:  # noqa: PLR2004 - given and family name
        return WhoIsMeant(family_name=words[1], given_name=words[0])
    return WhoIsMeant()


def _provider(event: icalendar.Component) -> str:
    """The organizer's address, else the first attendee's; without `mailto:`."""
    attendees = event.get("ATTENDEE")
    first = attendees[0] if isinstance(attendees, list) else attendees
    named = event.get("ORGANIZER") or first or ""
    return re.sub(r"^mailto:", "", str(named), flags=re.IGNORECASE).strip().lower()
