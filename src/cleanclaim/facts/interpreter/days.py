"""What functions of days mean, by what the tree calls them."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import MAXYEAR, MINYEAR, date, timedelta

from cleanclaim.facts.interpreter.parts import (
    DAY,
    SMALL,
    SPAN,
    TEXT,
    TINY,
    WHOLE,
    BeyondError,
    Part,
    require,
    where_both_known,
    where_known,
)

_MONTHS = re.compile(r"(-?[0-9]{1,5})mo")
_MONTHS_OF_A_YEAR = 12
_MOST_DAYS = 1_000_000
"""Spans up to this are told in days; all days that Python knows are nearer to one another than four times this."""


def _year(day: Part) -> Part:
    require(holds=day.kind == DAY)
    return Part(SMALL, where_known(day.answer, lambda value: value.year))


def _month(day: Part) -> Part:
    require(holds=day.kind == DAY)
    return Part(TINY, where_known(day.answer, lambda value: value.month))


def _total_days(span: Part) -> Part:
    require(holds=span.kind == SPAN)
    return Part(WHOLE, where_known(span.answer, lambda value: value.days))


def _days(weeks: Part, days: Part, *smaller: Part) -> Part:
    """A span of whole days."""
    require(holds=all(part.is_constant and part.constant == 0 for part in (weeks, *smaller)) and days.kind == WHOLE)

    def span(count: int) -> timedelta:
        if abs(count) > _MOST_DAYS:
            raise BeyondError
        return timedelta(days=count)

    return Part(SPAN, where_known(days.answer, span))


def _months_later(day: Part, months: Part) -> Part:
    """The same day so many months later, or the last of that month where it has no such day."""
    require(holds=day.kind == DAY and months.kind == TEXT)
    return Part(DAY, where_both_known(day.answer, months.answer, _later))


def _later(begin: date, months: str) -> date:
    found = _MONTHS.fullmatch(months)
    if found is None:
        raise BeyondError
    years, month = divmod(begin.month - 1 + int(found[1]), _MONTHS_OF_A_YEAR)
    year = begin.year + years
    if not MINYEAR <= year <= MAXYEAR:
        raise BeyondError
    return date(year, month + 1, min(begin.day, monthrange(year, month + 1)[1]))


DAY_FUNCTIONS: dict[str, Callable[..., Part]] = {
    '{"TemporalExpr": "Year"}': _year,
    '{"TemporalExpr": "Month"}': _month,
    '{"TemporalExpr": {"TotalDays": {"fractional": false}}}': _total_days,
    '{"TemporalExpr": {"Duration": "Microseconds"}}': _days,
    '{"TemporalExpr": "OffsetBy"}': _months_later,
}
"""What the tree calls a function, options and all, keys in order → what it means."""
