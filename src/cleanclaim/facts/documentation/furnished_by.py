"""Codes of a day that only an aide, or only a student, furnished."""

from __future__ import annotations

import polars as pl

from cleanclaim.facts.kit import Fact, count_same, every_row
from cleanclaim.lines.columns import col

_LACKS = "who furnished each service"


def _only(name: str, who: str) -> Fact:
    return Fact(
        name=name,
        over="day_codes",
        dtype=pl.Boolean,
        unit="flag",
        meaning=f"every service under the code that day was furnished by {who}",
        lacks=_LACKS,
        aggregate=every_row(col.by == who, of="services", by=("day_code_id",), known="knows_services"),
    )


facts = (
    _only("furnished_by_aide_only", "aide"),
    _only("furnished_by_student_only", "student"),
    Fact(
        name="services_furnished",
        over="day_codes",
        dtype=pl.Int64,
        unit="count",
        meaning="services furnished under the code that day",
        lacks="what was done at the visit",
        aggregate=count_same(("day_code_id",), of="services", known="knows_services"),
    ),
)
