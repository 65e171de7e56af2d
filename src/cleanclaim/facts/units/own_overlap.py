"""Whether the same person furnished two timed services to one patient at once, by the clock of one visit."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from cleanclaim.facts.kit import Context, Fact, Stage, any_row
from cleanclaim.lines.columns import col
from cleanclaim.lines.schema import FLAG, TEXT, Column

_TOGETHER = "together"
"""Therapist and assistant at once: the service takes them both."""
_NEEDS = ("service_id", "claim_id", "service_code", "by", "starts_at", "service_minutes", "takes_a_person")


def _compute(frames: Mapping[str, pl.DataFrame], context: Context) -> pl.DataFrame:  # noqa: ARG001
    services = frames["services"]
    begins = services.get_column("starts_at")
    if begins.null_count() == len(begins):
        nothing = [pl.Series(column.name, [None] * len(begins), dtype=column.dtype) for column in stage.adds]
        return pl.DataFrame(nothing)
    told = services.select(_NEEDS).with_columns((pl.col("starts_at") + pl.col("service_minutes")).alias("ends_at"))
    earlier = told.rename({name: f"other_{name}" for name in told.columns if name != "claim_id"})
    met = told.join(earlier, on="claim_id", how="inner").filter(pl.col("other_service_id") < pl.col("service_id"))
    one_person = (pl.col("by") == pl.col("other_by")) | (pl.col("by") == _TOGETHER) | (pl.col("other_by") == _TOGETHER)
    at_once = (pl.col("starts_at") < pl.col("other_ends_at")) & (pl.col("other_starts_at") < pl.col("ends_at"))
    hit = pl.col("takes_a_person") & pl.col("other_takes_a_person") & one_person & at_once
    found = (
        met.with_columns(hit.alias("hit"))
        .group_by("service_id")
        .agg(
            pl.col("hit").any(ignore_nulls=False).alias("overlaps_own_service"),
            pl.col("other_service_code").filter("hit").first().alias("overlapped_code"),
            pl.lit(value=True).alias("met"),
        )
    )
    joined = told.select("service_id").join(found, on="service_id", how="left", maintain_order="left")
    # The first service of a visit has none before it.
    flag = pl.when("met").then("overlaps_own_service").otherwise(pl.lit(value=False))
    return joined.select(flag.alias("overlaps_own_service"), "overlapped_code")


stage = Stage(
    name="own-overlap",
    over="services",
    needs=_NEEDS,
    adds=(
        Column(
            "overlaps_own_service",
            FLAG,
            "flag",
            "timed and one-on-one, while the same person furnished an earlier such service of the visit",
        ),
        Column("overlapped_code", TEXT, "procedure code", "the code of that service; null where there is none"),
    ),
    compute=_compute,
    lacks="who furnished each service, and when each began",
)

facts = (
    Fact(
        name="takes_a_person",
        over="services",
        dtype=pl.Boolean,
        unit="flag",
        meaning="one-on-one minutes of a timed code: somebody gives them to this patient alone",
        lacks="who furnished the service, whether alone or in a group, and a listing of its code",
        expr=col.counts_one_on_one & col.day_code_is_timed,
    ),
    Fact(
        name="states_clock_times",
        over="claims",
        dtype=pl.Boolean,
        unit="flag",
        meaning="the visit says when one of its services began",
        lacks="when each service began",
        aggregate=any_row(col.starts_at.is_not_null(), of="services", by=("claim_id",)),
    ),
)
