"""Whether the code an add-on belongs to is billed on the same day."""

from __future__ import annotations

import polars as pl

from cleanclaim.facts.kit import Fact, values_of
from cleanclaim.lines.columns import col

facts = (
    Fact(
        name="codes_billed",
        over="days",
        dtype=pl.List(pl.String),
        unit="codes",
        meaning="the code of every line of the day, in order",
        lacks="the code of every line of the day",
        aggregate=values_of(col.code, of="lines", by=("day_id",)),
    ),
    Fact(
        name="base_code_billed",
        over="lines",
        dtype=pl.Boolean,
        unit="flag",
        meaning="one of the codes that the add-on belongs to is billed that day",
        lacks="the code of every line of the day",
        expr=col.add_on_to.list.set_intersection(col.codes_billed).list.len() > 0,
    ),
)
