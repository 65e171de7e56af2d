"""Whether the note states its totals of minutes: a total that was read was stated."""

from __future__ import annotations

import polars as pl

from cleanclaim.facts.kit import Fact
from cleanclaim.lines.columns import col


def _stated(name: str, what: str, total: pl.Expr, flag: pl.Expr) -> Fact:
    return Fact(
        name=name,
        over="claims",
        dtype=pl.Boolean,
        unit="flag",
        meaning=f"the note states the {what}",
        lacks=f"whether the note states the {what}",
        expr=pl.when(total.is_not_null()).then(pl.lit(value=True)).otherwise(flag),
    )


facts = (
    _stated(
        "timed_total_is_stated",
        "total minutes of timed codes",
        col.total_timed_minutes_noted,
        col.has_total_timed_minutes,
    ),
    _stated(
        "treatment_total_is_stated",
        "total treatment minutes",
        col.total_treatment_minutes_noted,
        col.has_total_treatment_minutes,
    ),
)
