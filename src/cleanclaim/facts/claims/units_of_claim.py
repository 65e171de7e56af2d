"""The units of all lines of a claim, and whether anything was done at its visit."""

from __future__ import annotations

import polars as pl

from cleanclaim.facts.kit import Fact, count_same, total
from cleanclaim.lines.columns import col

facts = (
    Fact(
        name="claim_units",
        over="claims",
        dtype=pl.Int64,
        unit="units",
        meaning="units of all lines of the claim together",
        lacks="billed units",
        aggregate=total(col.units, of="lines", by=("claim_id",)),
    ),
    Fact(
        name="services_listed",
        over="claims",
        dtype=pl.Int64,
        unit="services",
        meaning="things done at the visit, as listed",
        lacks="what was done at the visit",
        aggregate=count_same(("claim_id",), of="services", known="knows_services"),
    ),
    Fact(
        name="something_was_done",
        over="claims",
        dtype=pl.Boolean,
        unit="flag",
        meaning="something was done at the visit",
        lacks="what was done at the visit",
        expr=col.services_listed > 0,
    ),
    Fact(
        name="claim_timed_units",
        over="claims",
        dtype=pl.Int64,
        unit="units",
        meaning="units of 15-minute codes that the claim bills",
        lacks="billed units, and which codes are timed",
        aggregate=total(col.units, of="lines", by=("claim_id",), where=col.is_timed),
    ),
)
