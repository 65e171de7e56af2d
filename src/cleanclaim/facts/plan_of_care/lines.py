"""What a claim does under its plan: evaluates, treats, or both."""

from __future__ import annotations

import polars as pl

from cleanclaim.facts.kit import Fact, any_row
from cleanclaim.lines.columns import col

_LACKS = "a listing of the procedure code for the date of service"


def _flag(name: str, meaning: str, condition: pl.Expr) -> Fact:
    return Fact(
        name=name,
        over="claims",
        dtype=pl.Boolean,
        unit="flag",
        meaning=meaning,
        lacks=_LACKS,
        aggregate=any_row(condition, of="lines", by=("claim_id",)),
    )


facts = (
    _flag("has_treatment_lines", "some line is billed that is no first evaluation", col.is_evaluation.not_()),
    _flag(
        "has_evaluation_lines", "a first evaluation or re-evaluation is billed", col.is_evaluation | col.is_reevaluation
    ),
    _flag("has_timed_lines", "a 15-minute code is billed", col.is_timed),
)
