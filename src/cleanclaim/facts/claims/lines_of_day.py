"""Whether anything is billed for the day of a visit, on whichever of its claims."""

from __future__ import annotations

import polars as pl

from cleanclaim.facts.kit import Fact, count_same

fact = Fact(
    name="lines_of_day",
    over="days",
    dtype=pl.Int64,
    unit="lines",
    meaning="lines of all claims of the day together",
    lacks="the lines of the day",
    aggregate=count_same(("day_id",), of="lines"),
)
