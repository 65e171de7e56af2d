"""Whether a line meets another in a pair edit, so that a modifier for separate services says something."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from cleanclaim.facts.kit import Context, Stage
from cleanclaim.lines.schema import FLAG, Column
from cleanclaim.pricing.exact import as_flags, flags


def _compute(frames: Mapping[str, pl.DataFrame], context: Context) -> pl.DataFrame:  # noqa: ARG001
    if frames["pairs"].is_empty():
        sure = flags(frames["lines"].get_column("pairs_are_confirmed")).yes
        return pl.DataFrame([as_flags(np.zeros_like(sure), sure).alias("meets_pair")])
    pairs = frames["pairs"].select("first_line_id", "second_line_id", "pair_applies")
    met = pl.concat(
        pairs.select(pl.col(side).alias("line_id"), pl.col("pair_applies"))
        for side in ("first_line_id", "second_line_id")
    )
    found = met.group_by("line_id").agg(
        pl.col("pair_applies").any(ignore_nulls=False).alias("applies"), pl.lit(value=True).alias("met")
    )
    lines = frames["lines"].select("line_id", "pairs_are_confirmed")
    joined = lines.join(found, on="line_id", how="left", maintain_order="left")
    return joined.select(
        pl.when(pl.col("met").is_not_null())
        .then(pl.col("applies"))
        .when(pl.col("pairs_are_confirmed"))
        .then(pl.lit(value=False))
        .alias("meets_pair")
    )


stage = Stage(
    name="separation",
    over="lines",
    needs=("line_id", "pairs_are_confirmed"),
    reads=(("pairs", "first_line_id"), ("pairs", "second_line_id"), ("pairs", "pair_applies")),
    adds=(
        Column(
            "meets_pair",
            FLAG,
            "flag",
            "the line meets another of the day in a pair edit of the payer; false only where the list is confirmed",
        ),
    ),
    compute=_compute,
    lacks="the pair edits of the payer for the date of service",
)
