"""Whether a one-on-one service ran while a group of the same visit ran."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from cleanclaim.facts.kit import Context, Stage
from cleanclaim.lines.schema import FLAG, Column

_NEEDS = ("service_id", "claim_id", "group_size", "starts_at", "service_minutes")


def _compute(frames: Mapping[str, pl.DataFrame], context: Context) -> pl.DataFrame:  # noqa: ARG001
    sizes = frames["services"].get_column("group_size")
    if not sizes.null_count() and not (sizes.to_numpy() > 1).any():
        return pl.DataFrame({"overlaps_group": np.zeros(len(sizes), np.bool_)})
    services = frames["services"].select(
        "service_id",
        "claim_id",
        (pl.col("group_size") > 1).alias("grouped"),
        pl.col("starts_at").alias("start"),
        (pl.col("starts_at") + pl.col("service_minutes")).alias("end"),
    )
    groups = services.filter(pl.col("grouped").is_null() | pl.col("grouped")).select(
        "claim_id", pl.col("grouped").alias("is_group"), pl.col("start").alias("from"), pl.col("end").alias("to")
    )
    if not groups.height:
        return services.with_columns(pl.lit(value=False).alias("overlaps_group")).select("overlaps_group")
    overlap = (pl.col("start") < pl.col("to")) & (pl.col("from") < pl.col("end"))
    both = services.join(groups, on="claim_id", how="inner").with_columns(
        (pl.col("grouped").not_() & pl.col("is_group") & overlap).alias("hit")
    )
    found = both.group_by("service_id").agg(pl.col("hit").any(ignore_nulls=False).alias("overlaps_group"))
    joined = services.select("service_id").join(
        found.with_columns(pl.lit(value=True).alias("met")), on="service_id", how="left", maintain_order="left"
    )
    return joined.select(
        pl.when(pl.col("met").is_null())
        .then(pl.lit(value=False))
        .otherwise(pl.col("overlaps_group"))
        .alias("overlaps_group")
    )


stage = Stage(
    name="group-overlap",
    over="services",
    needs=_NEEDS,
    adds=(Column("overlaps_group", FLAG, "flag", "one-on-one, while a group of the same visit ran by the clock"),),
    compute=_compute,
    lacks="when each service began",
)
