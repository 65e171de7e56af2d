"""What the reference says of each code of a day, billed or furnished."""

from __future__ import annotations

from cleanclaim.facts.kit import Stage
from cleanclaim.facts.procedures.lookup import added, look_up

_NAMES = (
    "is_timed",
    "is_group",
    "is_add_on",
    "is_evaluation",
    "is_reevaluation",
    "family",
    "one_on_one",
    "minutes_first",
    "minutes_each",
)

stage = Stage(
    name="day-procedures",
    over="day_codes",
    needs=("day_code", "date_of_service"),
    adds=added("day_code_", _NAMES),
    compute=look_up("day_codes", "day_code", "day_code_", _NAMES),
    lacks="a listing of the procedure code for the date of service",
    is_lookup=True,
)
