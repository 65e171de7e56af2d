"""Whether a patient was a Qualified Medicare Beneficiary on a day: their part of what Medicare allows is Medicaid's.

It begins with a month and may end with one, so what was found out holds for its month and from then on, until something
else is found out. Of the time before anybody asked nothing is known.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Told:
    """What was found out on a day."""

    on: date
    is_protected: bool


def is_protected_on(told: Iterable[Told], day: date) -> bool | None:
    """What holds of a day: the latest that was told by the end of its month; `None` where nothing was.

    Of two answers of one day the later in order counts.
    """
    found: Told | None = None
    for one in told:
        is_by_then = (one.on.year, one.on.month) <= (day.year, day.month)
        if is_by_then and (found is None or found.on <= one.on):
            found = one
    return None if found is None else found.is_protected
