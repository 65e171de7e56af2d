"""Who rendered a claim, as far as it says: by credential or, in a claim file, by taxonomy code."""

from __future__ import annotations

import polars as pl

from cleanclaim.facts.kit import Fact, any_row
from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import has_modifier

_LACKS = "credential or taxonomy of the rendering provider"

facts = (
    Fact(
        name="has_therapy_modifier_line",
        over="claims",
        dtype=pl.Boolean,
        unit="flag",
        meaning="a line carries GP, GO or GN",
        lacks="modifiers of the lines",
        aggregate=any_row(has_modifier("GP", "GO", "GN"), of="lines", by=("claim_id",)),
    ),
    Fact(
        name="is_billed_by_another_trade",
        over="claims",
        dtype=pl.Boolean,
        unit="flag",
        meaning="therapy, by a provider whose credential is not known and whose taxonomy furnishes none at Medicare",
        lacks=_LACKS,
        # The taxonomy speaks only where no credential does, and nothing else may be read from its silence.
        expr=pl.when(col.rendering_credential.is_not_null())
        .then(pl.lit(value=False))
        .when((col.rendering_taxonomy_role == "other") & col.has_therapy_modifier_line)
        .then(pl.lit(value=True)),
    ),
    Fact(
        name="rendered_by",
        over="claims",
        dtype=pl.String,
        unit="text",
        meaning="the credential of the rendering provider, or else the taxonomy code",
        lacks=_LACKS,
        expr=pl.coalesce(col.rendering_credential, pl.format("taxonomy {}", col.rendering_taxonomy)),
    ),
)
