"""How many therapists stand behind one NPI, over all claims at hand.

The last judged claim of an NPI stands for all of them, so that one NPI is told once.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from cleanclaim.facts.kit import Context, Reach, Stage
from cleanclaim.lines.schema import COUNT, FLAG, Column

_NEEDS = ("claim_id", "is_history", "date_of_service", "rendering_npi", "treated_by")


def last_of(key: str) -> pl.Expr:
    """Whether the claim is the last judged one with this value of `key`; false where the value is unknown or empty."""
    judged = pl.col("is_history").not_() & pl.col(key).is_not_null() & (pl.col(key) != "")
    # Days are ranked by number, so that a claim without one comes first and not nowhere.
    moment = pl.col("date_of_service").cast(pl.Int64).fill_null(-1) * (1 << 32) + pl.col("claim_id")
    mine = pl.when(judged).then(moment)
    return (judged & (mine == mine.max().over(key))).fill_null(value=False)


def last_of_few(claims: pl.DataFrame, key: str) -> list[bool]:
    """The same as `last_of` for claims that share one value of `key`, or have none, without a query."""
    moments = [
        (day is not None, day, claim_id) if value and judged else None
        for value, judged, day, claim_id in zip(
            claims.get_column(key).to_list(),
            (given is False for given in claims.get_column("is_history").to_list()),
            claims.get_column("date_of_service").to_list(),
            claims.get_column("claim_id").to_list(),
            strict=True,
        )
    ]
    last = max((moment for moment in moments if moment is not None), default=None)
    return [moment is not None and moment == last for moment in moments]


def _compute(frames: Mapping[str, pl.DataFrame], context: Context) -> pl.DataFrame:  # noqa: ARG001
    claims = frames["claims"]
    if claims.height == 1:
        npi = claims.item(0, "rendering_npi")
        named = claims.item(0, "treated_by") is not None
        row = (1 if npi and named else None, *last_of_few(claims, "rendering_npi"))
        return pl.DataFrame([row], schema={column.name: column.dtype for column in stage.adds}, orient="row")
    many = pl.col("treated_by").n_unique().over("rendering_npi").cast(pl.Int64)
    unnamed = pl.col("treated_by").null_count().over("rendering_npi") > 0
    known = pl.col("treated_by").drop_nulls().n_unique().over("rendering_npi").cast(pl.Int64)
    is_named = pl.col("rendering_npi").is_not_null() & (pl.col("rendering_npi") != "")
    return claims.select(
        # Of one known name beside unnamed claims nobody knows whether there is a second.
        pl.when(is_named & (unnamed.not_() | (known > 1)))
        .then(pl.when(unnamed).then(known).otherwise(many))
        .alias("therapists_of_npi"),
        last_of("rendering_npi").alias("is_last_of_npi"),
    )


stage = Stage(
    name="therapists-of-an-npi",
    over="claims",
    needs=_NEEDS,
    adds=(
        Column("therapists_of_npi", COUNT, "therapists", "therapists whose claims at hand name this rendering NPI"),
        Column("is_last_of_npi", FLAG, "flag", "the last judged claim at hand of this rendering NPI"),
    ),
    compute=_compute,
    lacks="who treated at each claim of the same rendering NPI",
    reach=Reach.THERAPIST,
)
