"""Single defects planted in clean visits; importing the package registers every kind."""

from __future__ import annotations

from tests.generator.defects import (
    addresses,
    care,
    claim_data,
    codes,
    days,
    diagnoses,
    evaluations,
    further_codes,
    modifiers,
    notes,
    plans,
    second_payers,
    series,
    units,
)
from tests.generator.defects.planting import REGISTER, Defect, Planted, concepts, planted

__all__ = [
    "REGISTER",
    "Defect",
    "Planted",
    "addresses",
    "care",
    "claim_data",
    "codes",
    "concepts",
    "days",
    "diagnoses",
    "evaluations",
    "further_codes",
    "modifiers",
    "notes",
    "plans",
    "planted",
    "second_payers",
    "series",
    "units",
]
