"""Which edition a file is: the first day it was in force, from its title or its name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_QUARTER_MONTHS = 3
_DECEMBER = 12
# Version 30.0 of the pair edits began in January 2024: the whole number counts years, the decimal quarters.
_YEAR_OF_VERSION_0 = 1994
_FISCAL_YEAR_BEGINS = 10

_FORMS = (
    re.compile(r"(?P<year>20\d\d)-(?P<number>\d\d)-(?P<day>\d\d)"),
    re.compile(r"(?<!\d)(?P<number>\d\d)[-_/](?P<day>\d\d)[-_/](?P<year>20\d\d)"),
    re.compile(rf"{_MONTH}[ ._-]+(?P<day>\d{{1,2}})[ ,_-]+(?P<year>20\d\d)", re.IGNORECASE),
    re.compile(r"(?P<year>20\d\d)[ _-]?q(?P<quarter>[1-4])(?!\d)", re.IGNORECASE),
    re.compile(r"q(?P<quarter>[1-4])[ _-]?(?P<year>20\d\d)", re.IGNORECASE),
    re.compile(r"(?<![a-z0-9])v(?P<version>\d\d)(?P<decimal>[0-3])(?!\d)", re.IGNORECASE),
    re.compile(rf"(?P<year>20\d\d)[ _-]{_MONTH}(?![a-z])", re.IGNORECASE),
    re.compile(rf"{_MONTH}[ _-]?(?P<year>20\d\d)", re.IGNORECASE),
    re.compile(rf"(?P<year>20\d\d)[a-z ]*?[ _-]{_MONTH} release", re.IGNORECASE),
)
_YEAR = re.compile(r"(?<!\d)(?P<year>20\d\d)(?!\d)")


def first_day(texts: Iterable[str]) -> date | None:
    """The first day of the edition that the first text with a date names: a day, a month, a quarter or a version."""
    for text in texts:
        for form in _FORMS:
            for match in form.finditer(text):
                if (found := _day(match.groupdict())) is not None:
                    return found
    return None


def calendar_year(texts: Iterable[str]) -> int | None:
    """The year that the first text with one names."""
    return next((int(match["year"]) for text in texts if (match := _YEAR.search(text))), None)


def _day(parts: dict[str, str]) -> date | None:
    try:
        if "version" in parts:
            return date(_YEAR_OF_VERSION_0 + int(parts["version"]), _QUARTER_MONTHS * int(parts["decimal"]) + 1, 1)
        year = int(parts["year"])
        if "quarter" in parts:
            return date(year, _QUARTER_MONTHS * int(parts["quarter"]) - 2, 1)
        month = int(parts["number"]) if "number" in parts else _MONTHS.index(parts["month"][:3].lower()) + 1
        return date(year, month, int(parts.get("day", "1")))
    except ValueError:
        return None


def last_of_quarter(day: date) -> date:
    """The last day of the quarter that the day lies in."""
    return _day_before(day.year, (day.month - 1) // _QUARTER_MONTHS * _QUARTER_MONTHS + 1 + _QUARTER_MONTHS)


def last_of_year(day: date) -> date:
    """The last day of the calendar year."""
    return date(day.year, _DECEMBER, 31)


def fiscal_year_of(day: date) -> tuple[date, date]:
    """First and last day of the federal fiscal year that the day lies in: October through September."""
    begins = day.year if day.month >= _FISCAL_YEAR_BEGINS else day.year - 1
    return date(begins, _FISCAL_YEAR_BEGINS, 1), _day_before(begins + 1, _FISCAL_YEAR_BEGINS)


def _day_before(year: int, month: int) -> date:
    """The day before the first of a month; month 13 is the next January."""
    first = date(year + 1, 1, 1) if month > _DECEMBER else date(year, month, 1)
    return first - timedelta(days=1)
