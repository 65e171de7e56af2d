"""From how many minutes of therapy a day of one patient is called into question, and the minutes of a unit."""

from __future__ import annotations

from cleanclaim.facts.dated_values import dated_values

stage = dated_values(
    "questionable-day",
    over="claims",
    series={"questionable_day_minutes": "questionable_day_minutes", "minutes_per_unit": "minutes_per_unit"},
    lacks="the minutes of a unit, and those from which a day of therapy is questioned, on the date of service",
)
