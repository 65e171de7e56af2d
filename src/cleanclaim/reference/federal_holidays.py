"""Legal public holidays of the United States, and business days counted without them.

A business day is a weekday that is no legal public holiday. The rules are data (`federal_holidays.toml`); what states
and clinics keep besides is not known here.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from cleanclaim.reference.reading import Entry, TableError, read_sources, read_toml
from cleanclaim.sources import Source

_FILE = "federal_holidays.toml"
_DAY = timedelta(days=1)
_WEEKDAYS = {name.lower(): place for place, name in enumerate(calendar.day_name)}
_SATURDAY, _SUNDAY = 5, 6


@dataclass(frozen=True, slots=True)
class Holiday:
    """One holiday's rule: a fixed day of a month, or the `nth` weekday of it (-1: the last)."""

    name: str
    label: str
    month: int
    day: int | None
    weekday: int | None
    nth: int | None
    valid_from: date | None
    source: Source

    def kept_on(self, year: int) -> date | None:
        """The day on which it is kept for a year, which may lie in the year before; `None` before it was one."""
        found = date(year, self.month, self.day) if self.day is not None else self._nth(year)
        if self.valid_from is not None and found < self.valid_from:
            return None
        if self.day is None:
            return found
        return {_SATURDAY: found - _DAY, _SUNDAY: found + _DAY}.get(found.weekday(), found)

    def _nth(self, year: int) -> date:
        weeks = calendar.Calendar().monthdatescalendar(year, self.month)
        own = [week[self.weekday or 0] for week in weeks if week[self.weekday or 0].month == self.month]
        nth = self.nth or 1
        return own[nth - 1 if nth > 0 else nth]


@cache
def holidays() -> tuple[Holiday, ...]:
    """Every holiday, in the order of the file."""
    document = read_toml(_FILE)
    sources = read_sources(_FILE, document.get("sources"))
    return tuple(_holiday(name, table, sources) for name, table in document["holiday"].items())


def _holiday(name: str, table: dict[str, object], sources: dict[str, Source]) -> Holiday:
    where = f"{_FILE}, holiday.{name}"
    nth = table.pop("nth", None)
    if nth is not None and (not isinstance(nth, int) or nth not in {-1, 1, 2, 3, 4}):
        raise TableError(f"{where}: nth is {nth!r}; expected 1 to 4, or -1 for the last")
    entry = Entry(where, table, sources)
    weekday = entry.optional_text("weekday")
    found = Holiday(
        name,
        entry.text("label"),
        entry.number("month") or 0,
        entry.number("day"),
        _WEEKDAYS.get(weekday) if weekday else None,
        nth,
        entry.day("from"),
        entry.source(),
    )
    entry.done()
    if (found.day is None) == (found.weekday is None) or (found.weekday is None) != (found.nth is None):
        raise TableError(f"{where}: expected a day, or a weekday with nth")
    return found


@cache
def kept_in(year: int) -> frozenset[date]:
    """The days of one calendar year on which a legal public holiday is kept."""
    days = (holiday.kept_on(one) for holiday in holidays() for one in (year, year + 1))
    return frozenset(day for day in days if day is not None and day.year == year)


def is_business_day(day: date) -> bool:
    """Whether a day is a weekday on which no legal public holiday is kept."""
    return day.weekday() < _SATURDAY and day not in kept_in(day.year)


def add_business_days(day: date, count: int) -> date:
    """The day that lies so many business days after a day, or before it where `count` is negative.

    The day itself does not count. With 0 the day itself comes back, whatever it is.
    """
    step = _DAY if count > 0 else -_DAY
    left, found = abs(count), day
    while left:
        found += step
        left -= is_business_day(found)
    return found
