"""The year's amounts on the date of service, and where a line stands against them."""

from __future__ import annotations

import polars as pl

from cleanclaim.facts.dated_values import dated_values
from cleanclaim.facts.kit import Fact
from cleanclaim.lines.columns import col

_DOLLARS = "allowed therapy dollars of the year up to this line, and what the line is allowed"
_AMOUNT = "the yearly threshold for the date of service, and the discipline"


def _passes(name: str, meaning: str, at_least: pl.Expr, at_most: pl.Expr, amount: pl.Expr) -> Fact:
    """Whether dollars known as an interval are above the amount; unknown where the interval spans it."""
    expr = pl.when(at_least > amount).then(pl.lit(value=True)).when(at_most <= amount).then(pl.lit(value=False))
    return Fact(
        name=name,
        over="lines",
        dtype=pl.Boolean,
        unit="flag",
        meaning=meaning,
        lacks=f"{_DOLLARS}; {_AMOUNT}",
        expr=expr,
    )


stage = dated_values(
    "therapy-thresholds",
    over="claims",
    series={
        "kx_threshold_pt_slp": "kx_threshold_pt_slp_cents",
        "kx_threshold_ot": "kx_threshold_ot_cents",
        "medical_review_threshold": "medical_review_threshold_cents",
    },
    lacks=_AMOUNT,
)

facts = (
    Fact(
        name="kx_threshold_cents",
        over="claims",
        dtype=pl.Int64,
        unit="cents",
        meaning="allowed dollars of the year above which lines of this discipline need KX",
        lacks=_AMOUNT,
        expr=pl.when(col.discipline == "OT")
        .then(col.kx_threshold_ot_cents)
        .when(col.discipline.is_not_null())
        .then(col.kx_threshold_pt_slp_cents),
    ),
    Fact(
        name="threshold_group",
        over="claims",
        dtype=pl.String,
        unit="text",
        meaning="the disciplines that share a threshold: PT and SLP, or OT",
        lacks="the discipline",
        expr=pl.when(col.discipline == "OT")
        .then(pl.lit("OT"))
        .when(col.discipline.is_not_null())
        .then(pl.lit("PT and SLP")),
    ),
    Fact(
        name="year_at_least_cents",
        over="lines",
        dtype=pl.Int64,
        unit="cents",
        meaning="allowed therapy dollars of the year with this line, at least",
        lacks=_DOLLARS,
        expr=col.year_before_at_least_cents + col.allowed_cents,
    ),
    Fact(
        name="year_at_most_cents",
        over="lines",
        dtype=pl.Int64,
        unit="cents",
        meaning="allowed therapy dollars of the year with this line, at most",
        lacks=_DOLLARS,
        expr=col.year_before_at_most_cents + col.allowed_cents,
    ),
    _passes(
        "is_above_kx_threshold",
        "with this line the year's allowed dollars are above the threshold",
        col.year_at_least_cents,
        col.year_at_most_cents,
        col.kx_threshold_cents,
    ),
    _passes(
        "is_above_review_threshold",
        "with this line the year's allowed dollars are above the medical review threshold",
        col.year_at_least_cents,
        col.year_at_most_cents,
        col.medical_review_threshold_cents,
    ),
    _passes(
        "was_above_review_threshold",
        "before this line the year's allowed dollars were above the medical review threshold already",
        col.year_before_at_least_cents,
        col.year_before_at_most_cents,
        col.medical_review_threshold_cents,
    ),
)
