"""Read calendar files (RFC 5545): each event is one appointment.

The patient stands in the summary, as `P101 …`, `Colewood, Harriet` or `Harriet Colewood`, or in a line
`Patient: P101` of the description. Who treats is the organizer or an attendee, where one is named. A time without a
zone is the clinic's. A recurring event is one appointment each time, known again by the event's key and its time.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar

from cleanclaim.practice.imports.recurring import occurrences, recurs, replaced_at
from cleanclaim.practice.imports.slots import Ask, Problem, UnreadableFileError, WantedSlot, WhoIsMeant

_NUMBER = re.compile(r"\b([A-Za-z]{0,4}-?\d{2,})\b")
_PATIENT_LINE = re.compile(r"^\s*patient\s*:\s*(.+)$", re.IGNORECASE | re.MULTILINE)
_LONGEST = timedelta(hours=8)
_SHORTEST = timedelta(minutes=5)


def read_ics(data: bytes, zone: ZoneInfo, *, today: date) -> list[WantedSlot]:
    """Every event of a calendar file, in its order; one with problems says so and the others go on.

    Args:
        data: the file.
        zone: the clinic's time zone.
        today: the day at the clinic, around which recurring events are followed.

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
    moved = {
        (str(event.get("UID", "")).strip(), at)
        for _calendar, event in events
        if (at := replaced_at(event, zone)) is not None
    }
    found: list[WantedSlot] = []
    for row, (calendar, event) in enumerate(events, 1):
        slot = _slot(row, event, str(calendar.get("METHOD", "")), zone)
        found += _each_time(event, slot, zone, today, moved) if recurs(event) else [slot]
    return found


def _each_time(
    event: icalendar.Component, slot: WantedSlot, zone: ZoneInfo, today: date, moved: Collection[tuple[str, datetime]]
) -> list[WantedSlot]:
    """A recurring event as an appointment each time; one that another event of the file stands for is that one's."""
    begins = _value(event, "DTSTART")
    if slot.problems or not isinstance(begins, datetime):
        return [slot]
    problems: list[Problem] = []
    times = occurrences(event, begins if begins.tzinfo else begins.replace(tzinfo=zone), today, problems)
    if problems:
        return [replace(slot, problems=tuple(problems))]
    return [
        replace(
            slot,
            key=_key_at(slot.key, one.at),
            place=f"{slot.place}, {one.at.astimezone(zone):%B} {one.at.astimezone(zone).day}",
            starts_at=one.at.astimezone(zone),
            ask=Ask.LEAVE_OUT if one.is_left_out or slot.ask is Ask.CANCEL else slot.ask,
        )
        for one in times
        if (slot.key, one.at.astimezone(zone)) not in moved
    ]


def _key_at(key: str, at: datetime) -> str:
    """The key of one time of a recurring event, which stays whatever zone its moment is told in."""
    return f"{key[:100]}/{at.astimezone(UTC):%Y%m%dT%H%MZ}"


def _slot(row: int, event: icalendar.Component, method: str, zone: ZoneInfo) -> WantedSlot:
    problems: list[Problem] = [
        Problem(str(name or "event"), "a value as RFC 5545 writes it") for name, _ in event.errors
    ]
    key = str(event.get("UID", "")).strip()[:120]
    if not key:
        problems.append(Problem("UID", "the event's key, by which it is known again"))
    instead = replaced_at(event, zone)
    if key and instead is not None:
        key = _key_at(key, instead)
        if str(getattr(event.get("RECURRENCE-ID"), "params", {}).get("RANGE", "")):
            problems.append(Problem("RECURRENCE-ID", "a change of one appointment, not of all that follow"))
    is_off = method.upper() == "CANCEL" or str(event.get("STATUS", "")).upper() == "CANCELLED"
    place = f"event {row}"
    if is_off and not recurs(event):
        return WantedSlot(row, place, key, Ask.CANCEL, problems=tuple(problems))
    starts_at = _moment(event, zone, problems)
    minutes = _minutes(event, starts_at, zone, problems)
    patient = _patient(str(event.get("SUMMARY", "")), str(event.get("DESCRIPTION", "")))
    if patient == WhoIsMeant():
        problems.append(Problem("SUMMARY", "the patient: a number such as P101, or Family, Given"))
    ask = Ask.CANCEL if is_off else Ask.BOOK
    return WantedSlot(row, place, key, ask, starts_at, minutes, patient, _provider(event), problems=tuple(problems))


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
