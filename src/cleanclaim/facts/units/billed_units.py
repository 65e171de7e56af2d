"""Units billed per code and day, and per day over all timed codes."""

from __future__ import annotations

import polars as pl

from cleanclaim.facts.kit import Fact, total
from cleanclaim.lines.columns import col

_ASSISTANT = col.modifiers.list.contains("CQ") | col.modifiers.list.contains("CO")

facts = (
    Fact(
        name="billed_units",
        over="day_codes",
        dtype=pl.Int64,
        unit="units",
        meaning="units billed under the code that day, over all its lines",
        lacks="billed units",
        aggregate=total(col.units, of="lines", by=("day_code_id",)),
    ),
    Fact(
        name="billed_assistant_units",
        over="day_codes",
        dtype=pl.Int64,
        unit="units",
        meaning="of these, with an assistant modifier",
        lacks="billed units",
        aggregate=total(col.units, of="lines", by=("day_code_id",), where=_ASSISTANT),
    ),
    Fact(
        name="timed_units",
        over="days",
        dtype=pl.Int64,
        unit="units",
        meaning="units of 15-minute codes billed that day",
        lacks="billed units, and which codes are timed",
        aggregate=total(col.billed_units, of="day_codes", by=("day_id",), where=col.day_code_is_timed),
    ),
)
