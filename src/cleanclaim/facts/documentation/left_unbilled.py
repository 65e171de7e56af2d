"""Whether something billable that was done that day stands under a code that is not billed."""

from __future__ import annotations

import polars as pl

from cleanclaim.facts.kit import Fact, any_row
from cleanclaim.lines.columns import col

fact = Fact(
    name="holds_service_not_billed",
    over="days",
    dtype=pl.Boolean,
    unit="flag",
    meaning="something billable was done that day under a code that is not billed",
    lacks="what was done at the visit, and under which code",
    aggregate=any_row(
        # A service without a code may be what was billed, or not.
        col.is_billable & pl.when(col.service_code.is_not_null()).then(col.billed_units == 0),
        of="services",
        by=("day_id",),
        known="knows_services",
    ),
)
