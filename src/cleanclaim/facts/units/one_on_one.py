"""Which services count as the therapist's or assistant's own one-on-one minutes."""

from __future__ import annotations

import polars as pl

from cleanclaim.facts.kit import Fact
from cleanclaim.lines.columns import col

_SKILLED = ["PT", "PTA", "OT", "OTA", "SLP", "together"]

fact = Fact(
    name="counts_one_on_one",
    over="services",
    dtype=pl.Boolean,
    unit="flag",
    meaning="billable minutes of one patient alone, by a therapist or an assistant (not an aide, student or group)",
    lacks="who furnished the service, and whether alone or in a group",
    expr=(col.is_billable & (col.group_size == 1) & pl.when(col.by.is_not_null()).then(col.by.is_in(_SKILLED))),
)
