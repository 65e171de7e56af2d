"""Whether a claim's pairs could be judged for certain: a claim without a pair finding is only then free of pairs.

A list that is replaced every quarter was read for one quarter. For other days its absence of an edit proves
nothing, and no rule speaks: these columns do, and `EDITION_COLUMNS` names them for a report.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import polars as pl

from cleanclaim.facts.kit import Context, Fact, Stage, count_same, every_row
from cleanclaim.facts.pair_edits import MEDICARE_LIST, medicare_list_is_not_used
from cleanclaim.lines.columns import col
from cleanclaim.lines.schema import FLAG, TEXT, Column
from cleanclaim.reference import ncci
from cleanclaim.reference.lookup import Edition

EDITION_COLUMNS = ("pairs_are_confirmed", "pairs_edition", "limits_are_confirmed", "diagnosis_notes_are_confirmed")
"""Columns of `claims` that tell what pair, unit and diagnosis verdicts rest on: ask `Judge(extra=…)` for them."""


def _in_scope(frames: Mapping[str, pl.DataFrame], context: Context) -> pl.DataFrame:  # noqa: ARG001
    codes = frames["lines"].get_column("code")
    known = {code: ncci.in_scope(code) for code in codes.unique() if code is not None}
    return pl.DataFrame({"is_in_pair_scope": codes.replace_strict(known, default=None, return_dtype=pl.Boolean)})


def _confirm(frames: Mapping[str, pl.DataFrame], context: Context) -> pl.DataFrame:
    claims = frames["claims"]
    not_used = medicare_list_is_not_used(claims[["payer", "date_of_service"]], context)
    return claims.hstack([not_used.alias("not_used")]).select(_confirmation(ncci.edition()))


@cache
def _confirmation(edition: Edition) -> tuple[pl.Expr, pl.Expr]:
    """What is asked of claims; `not_used`: the payer is known not to apply Medicare's list."""
    lists = pl.col("payer_pair_edits")
    alone = pl.col("knows_history") & (pl.col("day_line_count") == 1)
    dated = pl.col("date_of_service").is_between(edition.confirmed_from, edition.confirmed_through)
    looked_up = pl.col("codes_in_pair_scope") & pl.col("rendering_npi").is_not_null()
    return (
        pl.when(alone | pl.col("not_used"))
        .then(pl.lit(value=True))
        .when((lists == MEDICARE_LIST) & dated.not_())
        .then(pl.lit(value=False))
        .when((lists == MEDICARE_LIST) & looked_up)
        .then(pl.lit(value=True))
        .alias("pairs_are_confirmed"),
        pl.when(lists == MEDICARE_LIST)
        .then(pl.lit(edition.name))
        .when(lists.is_not_null())
        .then(pl.lit(""))
        .alias("pairs_edition"),
    )


_USE = "whether the payer applies Medicare's pair edits (not in the payer's file)"

stages = (
    Stage(
        name="pair-confirmation",
        over="claims",
        needs=(
            "payer",
            "date_of_service",
            "payer_pair_edits",
            "knows_history",
            "day_line_count",
            "codes_in_pair_scope",
            "rendering_npi",
        ),
        adds=(
            Column(
                "pairs_are_confirmed",
                FLAG,
                "flag",
                "pairs were judged by a list in force that day (or none can arise); false: by another edition, so a "
                "claim without a pair finding is not thereby free of pairs; null: not judged",
            ),
            Column("pairs_edition", TEXT, "text", "edition of Medicare's pair list used; empty where it is not"),
        ),
        compute=_confirm,
        lacks=_USE,
    ),
)

stage = Stage(
    name="pair-scope",
    over="lines",
    needs=("code",),
    adds=(Column("is_in_pair_scope", FLAG, "flag", "the loaded pair and unit lists would hold the code"),),
    compute=_in_scope,
    lacks="procedure code of each line",
    is_lookup=True,
)

facts = (
    Fact(
        name="codes_in_pair_scope",
        over="claims",
        dtype=pl.Boolean,
        unit="flag",
        meaning="the loaded pair list would hold every code of the claim",
        lacks="procedure code of each line",
        aggregate=every_row(col.is_in_pair_scope, of="lines", by=("claim_id",)),
    ),
    Fact(
        name="day_line_count",
        over="days",
        dtype=pl.Int64,
        unit="lines",
        meaning="billed lines of the day, history included",
        lacks="the patient's other claims of the day",
        aggregate=count_same(("day_id",), of="lines"),
    ),
)
