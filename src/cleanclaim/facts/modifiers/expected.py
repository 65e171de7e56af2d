"""The therapy and assistant modifiers of the claim's discipline."""

from __future__ import annotations

import polars as pl

from cleanclaim.facts.kit import Fact
from cleanclaim.lines.columns import col

_LACKS = "the discipline of the visit"

facts = (
    Fact(
        name="therapy_modifier",
        over="claims",
        dtype=pl.String,
        unit="modifier",
        meaning="GP, GO or GN: the modifier of the claim's discipline",
        lacks=_LACKS,
        expr=col.discipline.replace_strict({"PT": "GP", "OT": "GO", "SLP": "GN"}, default=None, return_dtype=pl.String),
    ),
    Fact(
        name="assistant_modifier",
        over="claims",
        dtype=pl.String,
        unit="modifier",
        meaning="CQ or CO: the assistant's modifier of the claim's discipline; speech-language therapy has none",
        lacks=_LACKS,
        expr=col.discipline.replace_strict({"PT": "CQ", "OT": "CO"}, default=None, return_dtype=pl.String),
    ),
)
