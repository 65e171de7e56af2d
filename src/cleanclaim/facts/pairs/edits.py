"""Whose edit a pair is, on what edition it rests, and whether a modifier asks for both to be paid."""

from __future__ import annotations

import polars as pl

from cleanclaim.facts.kit import Fact
from cleanclaim.facts.pair_edits import MEDICARE_LIST, OWN_LIST
from cleanclaim.lines.columns import col

SEPARATING = ("59", "XE", "XP", "XS", "XU")
"""Modifiers that say two services were apart."""


def _carries(modifiers: pl.Expr) -> pl.Expr:
    return modifiers.list.set_intersection(pl.lit(list(SEPARATING), dtype=pl.List(pl.String))).list.len() > 0


facts = (
    Fact(
        name="pair_applies",
        over="pairs",
        dtype=pl.Boolean,
        unit="flag",
        meaning="the payer applies the list that holds this edit; null where that was not read",
        lacks="whether the payer applies Medicare's pair edits (not in the payer's file)",
        expr=pl.when(col.pair_edition == OWN_LIST)
        .then(pl.lit(value=True))
        .when(col.payer_pair_edits == MEDICARE_LIST)
        .then(pl.lit(value=True)),
    ),
    Fact(
        name="pair_basis",
        over="pairs",
        dtype=pl.String,
        unit="text",
        meaning="the list the edit stands in, with its edition, and that it is unconfirmed where it is",
        lacks="the date of service",
        expr=pl.when(col.pair_edition == OWN_LIST)
        .then(pl.lit("the payer's own list"))
        .when(col.pair_is_confirmed)
        .then(pl.format("the edition of {}", col.pair_edition))
        .otherwise(
            pl.format(
                "the edition of {} (unconfirmed for {})", col.pair_edition, col.date_of_service.dt.to_string("%Y-%m-%d")
            )
        ),
    ),
    Fact(
        name="first_is_separated",
        over="pairs",
        dtype=pl.Boolean,
        unit="flag",
        meaning="the line in column 1 carries 59 or an X modifier",
        lacks="modifiers of the line",
        expr=_carries(col.first_modifiers),
    ),
    Fact(
        name="second_is_separated",
        over="pairs",
        dtype=pl.Boolean,
        unit="flag",
        meaning="the line in column 2 carries 59 or an X modifier",
        lacks="modifiers of the line",
        expr=_carries(col.second_modifiers),
    ),
)
