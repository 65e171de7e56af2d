"""The single appointments of a recurring event (RFC 5545): its rule, its exceptions, and what was moved.

Times recur by the clock of the event's own zone, so an appointment at nine stays at nine when clocks change. An event
that recurs for ever is followed for a while only; importing the calendar again later takes the rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from itertools import islice
from typing import Any

import icalendar
from dateutil import rrule

from cleanclaim.practice.imports.slots import Problem

AHEAD = timedelta(days=183)
"""How far ahead of today a recurring event is followed."""

BEHIND = timedelta(days=31)
"""How far back."""

MOST = 400
"""Appointments of one event within that time."""

_FREQUENCIES = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
_TIMES_OF_DAY = ("BYHOUR", "BYMINUTE", "BYSECOND")
_EARLIEST = 2000


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One appointment of a recurring event: when it was to be by the rule, and whether it is left out."""

    at: datetime
    is_left_out: bool = False


def recurs(event: icalendar.Component) -> bool:
    """Whether an event stands for several appointments."""
    return "RRULE" in event or "RDATE" in event


def replaced_at(event: icalendar.Component, zone: tzinfo) -> datetime | None:
    """Which appointment of a recurring event this one stands for instead; `None` where it stands for itself."""
    if "RECURRENCE-ID" not in event:
        return None
    return _moment(getattr(event.get("RECURRENCE-ID"), "dt", None), zone)


def occurrences(event: icalendar.Component, begins: datetime, today: date, problems: list[Problem]) -> list[Occurrence]:
    """The appointments of a recurring event around today, in their order; none where its rule cannot be followed.

    Args:
        event: the event, with `RRULE` or `RDATE`.
        begins: its first time, in the event's own zone.
        today: the day at the clinic.
        problems: is told why a rule cannot be followed.
    """
    zone = begins.tzinfo
    if zone is None:
        raise ValueError("begins: expected a time with its zone")
    rule = event.get("RRULE")
    if isinstance(rule, list) or (rule is not None and not _is_plain(rule)) or begins.year < _EARLIEST:
        problems.append(Problem("RRULE", "one rule by days, weeks, months or years, since 2000, at one time of day"))
        return []
    local = begins.replace(tzinfo=None)
    times = rrule.rruleset()
    if rule is not None:
        try:
            times.rrule(_rule(rule, local, zone))
        except ValueError:
            problems.append(Problem("RRULE", "a rule as RFC 5545 writes it"))
            return []
    else:
        times.rdate(local)
    for value in _dates(event, "RDATE"):
        moment = _moment(value, zone)
        if moment is not None:
            times.rdate(moment.replace(tzinfo=None))
    left_out = {moment for value in _dates(event, "EXDATE") if (moment := _of_day(value, local, zone)) is not None}
    first, last = (datetime.combine(today + span, time()) for span in (-BEHIND, AHEAD))
    found = list(islice(times.xafter(first, inc=True), MOST + 1))
    within = [one.replace(tzinfo=zone) for one in found if one < last]
    if len(within) > MOST:
        problems.append(Problem("RRULE", f"at most {MOST} appointments in the half year ahead"))
        return []
    return [Occurrence(one, one in left_out) for one in within]


def _is_plain(rule: Any) -> bool:  # noqa: ANN401 - a rule as the reader gives it
    return set(rule.get("FREQ", ())) <= _FREQUENCIES and not any(part in rule for part in _TIMES_OF_DAY)


def _rule(rule: Any, local: datetime, zone: tzinfo) -> rrule.rrule:  # noqa: ANN401 - a rule as the reader gives it
    """The rule by the zone's clock; its last moment, which the file gives in UTC or as a day, too."""
    until = next(iter(rule.get("UNTIL", ())), None)
    parts = {name: value for name, value in rule.items() if name != "UNTIL"}
    text: str = icalendar.vRecur(parts).to_ical().decode()  # type: ignore[no-untyped-call]
    made: rrule.rrule = rrule.rrulestr(text, dtstart=local)
    if until is None:
        return made
    if not isinstance(until, datetime):
        return made.replace(until=datetime.combine(until, time.max))
    return made.replace(until=until.astimezone(zone).replace(tzinfo=None) if until.tzinfo else until)


def _dates(event: icalendar.Component, name: str) -> Iterator[Any]:
    """Every value of a property that lists dates, once or several times."""
    held = event.get(name)
    for listed in held if isinstance(held, list) else [held]:
        for value in getattr(listed, "dts", ()):
            yield value.dt


def _moment(value: Any, zone: tzinfo) -> datetime | None:  # noqa: ANN401 - a day, a moment or a span
    if not isinstance(value, datetime):
        return None
    return value.replace(tzinfo=zone) if value.tzinfo is None else value.astimezone(zone)


def _of_day(value: Any, local: datetime, zone: tzinfo) -> datetime | None:  # noqa: ANN401 - a day or a moment
    """An exception's moment; one that names a day alone means the appointment of that day."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime.combine(value, local.time(), zone)
    return _moment(value, zone)
