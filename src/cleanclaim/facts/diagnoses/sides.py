"""Which sides of the body a visit treated, and which its diagnoses name."""

from __future__ import annotations

import polars as pl

from cleanclaim.facts.kit import Fact, any_row
from cleanclaim.lines.columns import col

_BOTH = "bilateral"


def _treated(side: str) -> Fact:
    return Fact(
        name=f"treated_{side}",
        over="claims",
        dtype=pl.Boolean,
        unit="flag",
        meaning=f"some service of the visit names the {side} side, or both",
        lacks="the side of each service",
        aggregate=any_row(
            (col.side == side) | (col.side == _BOTH), of="services", by=("claim_id",), known="knows_services"
        ),
    )


def _diagnosed(side: str) -> Fact:
    return Fact(
        name=f"diagnosed_{side}",
        over="claims",
        dtype=pl.Boolean,
        unit="flag",
        meaning=f"some diagnosis of the claim names the {side} side, or both",
        lacks="every diagnosis of the claim",
        aggregate=any_row(
            (col.diagnosis_side == side) | (col.diagnosis_side == _BOTH),
            of="diagnoses",
            by=("claim_id",),
            known="knows_diagnoses",
        ),
    )


facts = (_treated("right"), _treated("left"), _diagnosed("right"), _diagnosed("left"))
