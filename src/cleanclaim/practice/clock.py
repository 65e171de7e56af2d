"""What time it is: the machine's time, save in a demo, which plays on a day of its own.

What is dated for people (rows made, files written, days of work) is dated by this clock. What guards the app, as
tokens, leases and the audit log, goes by the machine's.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

DEMO_ZONE = "America/Chicago"
"""Where the clinics of a demo are."""

_PLAYED: ContextVar[date | None] = ContextVar("played_day", default=None)


def now() -> datetime:
    """The moment it is; in a demo, this time of day on the day that is played."""
    day: date | None = _PLAYED.get() or settings.DEMO_DAY
    if day is None:
        return timezone.now()
    return datetime.now(ZoneInfo(DEMO_ZONE)).replace(year=day.year, month=day.month, day=day.day)


@contextmanager
def playing_on(day: date) -> Iterator[None]:
    """Let it be this day, at the time of day that it is: so a demo's earlier weeks are played one after the other."""
    token = _PLAYED.set(day)
    try:
        yield
    finally:
        _PLAYED.reset(token)
