"""Minutes furnished under each code of a day: in all, by the therapist, the assistant, and both together."""

from __future__ import annotations

import polars as pl

from cleanclaim.facts.kit import Fact, total
from cleanclaim.lines.columns import col

_BY = ("day_code_id",)
_ASSISTANTS = ["PTA", "OTA"]


_MINUTES = pl.when(col.service_minutes >= 0).then(col.service_minutes)
"""Minutes below zero say nothing."""


def _minutes(name: str, meaning: str, who: pl.Expr | None) -> Fact:
    where = col.counts_one_on_one if who is None else col.counts_one_on_one & who
    return Fact(
        name=name,
        over="day_codes",
        dtype=pl.Int64,
        unit="minutes",
        meaning=meaning,
        lacks="documented minutes of each service",
        aggregate=total(_MINUTES, of="services", by=_BY, where=where, known="knows_services"),
    )


facts = (
    _minutes("code_minutes", "one-on-one minutes furnished under the code that day", None),
    _minutes(
        "code_therapist_minutes", "of these, by the therapist alone", col.by.is_in([*_ASSISTANTS, "together"]).not_()
    ),
    _minutes("code_assistant_minutes", "of these, by an assistant alone", col.by.is_in(_ASSISTANTS)),
    _minutes("code_together_minutes", "of these, by both together", col.by == "together"),
)
