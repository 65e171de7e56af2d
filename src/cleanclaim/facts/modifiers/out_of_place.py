"""Modifiers that do not belong on the line's code, by what the code is."""

from __future__ import annotations

import polars as pl

from cleanclaim.facts.kit import Fact
from cleanclaim.lines.columns import col

_OF_VISITS = pl.lit(["25"], dtype=pl.List(pl.String))
"""Says that a visit was apart from what else was done: an evaluation is a visit, a treatment is not."""
_is_visit = col.is_evaluation | col.is_reevaluation

fact = Fact(
    name="modifiers_out_of_place",
    over="lines",
    dtype=pl.List(pl.String),
    unit="codes",
    meaning="modifiers that never belong on a therapy code, and on a treatment those of visits",
    lacks="the date of service, and whether the code is an evaluation",
    expr=pl.when(_is_visit)
    .then(col.modifiers_foreign)
    .when(_is_visit.not_())
    .then(pl.concat_list(col.modifiers_foreign, col.modifiers.list.set_intersection(_OF_VISITS))),
)
