"""What was paid too much, and by when it goes back.

Medicare's clock runs from the day on which somebody knew of the overpayment. A good-faith investigation of related
overpayments holds it, for so long as the rule allows and no longer; then the days that are left run on. For other
payers and for patients no federal day is on file: contract and state law decide, and there is no date to show.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from cleanclaim.reference import values
from cleanclaim.sources import Source


@dataclass(frozen=True, slots=True)
class Clock:
    """When an overpayment is to be reported and returned, and who says so; `held_days` is how long the clock stood."""

    return_by: date
    held_days: int
    sources: tuple[Source, ...]

    def days_left(self, on: date) -> int:
        """Days left; below 0 where the day is past."""
        return (self.return_by - on).days


def longest_investigation_days(identified_on: date) -> int | None:
    """For how many days since it was known an investigation may hold the clock; `None` where no rule is on file."""
    return values.on("overpayment_investigation_days", identified_on).value


def medicare_clock(
    identified_on: date, investigated_from: date | None = None, investigated_through: date | None = None
) -> Clock | None:
    """The clock of an overpayment by Medicare; `None` where no rule is on file for the day on which it was identified.

    Args:
        identified_on: the day on which it was known.
        investigated_from: when an investigation of related overpayments began; never before it was identified.
        investigated_through: when that ended; `None` while it runs, and then the clock shows the latest day possible.
    """
    days = values.on("overpayment_return_days", identified_on)
    if days.value is None or days.dated is None:
        return None
    sources, held = [days.dated.source], 0
    longest = values.on("overpayment_investigation_days", identified_on)
    if investigated_from is not None and longest.value is not None and longest.dated is not None:
        begins = max(investigated_from, identified_on)
        latest = identified_on + timedelta(days=longest.value)
        ends = latest if investigated_through is None else min(investigated_through, latest)
        # An investigation that began when the days were over holds nothing.
        if begins <= identified_on + timedelta(days=days.value):
            held = max(0, (ends - begins).days)
            sources.append(longest.dated.source)
    return Clock(identified_on + timedelta(days=days.value + held), held, tuple(sources))
