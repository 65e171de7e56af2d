"""The lines of a claim counted and summed."""

from __future__ import annotations

import polars as pl

from cleanclaim.facts.kit import Fact, count_same, total
from cleanclaim.lines.columns import col

facts = (
    Fact(
        name="line_count",
        over="claims",
        dtype=pl.Int64,
        unit="lines",
        meaning="lines of the claim",
        lacks="the lines of the claim",
        aggregate=count_same(("claim_id",), of="lines"),
    ),
    Fact(
        name="line_charges_cents",
        over="claims",
        dtype=pl.Int64,
        unit="cents",
        meaning="the charges of all lines together",
        lacks="charge of each line",
        aggregate=total(col.charge_cents, of="lines", by=("claim_id",)),
    ),
)
