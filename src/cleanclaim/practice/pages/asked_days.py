"""Days that a page is asked for in its address."""

from __future__ import annotations

from datetime import date

from cleanclaim.practice.access import ClinicRequest
from cleanclaim.practice.engine.judging.checking import today_at


def day_asked(request: ClinicRequest, name: str = "on") -> date:
    """The day that the address names under `name`; today at the clinic where it names none that is one."""
    return read_day(request.GET.get(name)) or today_at(request.access.clinic)


def read_day(text: str | None) -> date | None:
    """A day as `YYYY-MM-DD`; `None` for any other text."""
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None
