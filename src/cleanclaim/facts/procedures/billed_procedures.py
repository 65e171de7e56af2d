"""What the reference says of each billed code on its date of service."""

from __future__ import annotations

from cleanclaim.facts.kit import Stage
from cleanclaim.facts.procedures.lookup import added, look_up

_NAMES = (
    "is_timed",
    "is_evaluation",
    "is_reevaluation",
    "is_group",
    "is_add_on",
    "add_on_to",
    "family",
    "one_on_one",
    "evaluation_level",
    "encounter",
    "medicare_code",
    "disciplines",
)

stage = Stage(
    name="billed-procedures",
    over="lines",
    needs=("code", "date_of_service"),
    adds=added("", _NAMES),
    compute=look_up("lines", "code", "", _NAMES),
    lacks="a listing of the procedure code for the date of service",
    is_lookup=True,
)
