"""Whether the two services of a pair were furnished at separate times, by the starts that the note gives."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from cleanclaim.facts.kit import Context, Stage
from cleanclaim.lines.schema import FLAG, TEXT, Column

_HOUR = 60
_NOT_NOTED = "no times noted"


def _clock(minutes: str) -> pl.Expr:
    """Minutes after midnight as people write them, such as 09:05."""
    hours, rest = pl.col(minutes) // _HOUR, pl.col(minutes) % _HOUR
    return pl.format("{}:{}", hours.cast(pl.String).str.zfill(2), rest.cast(pl.String).str.zfill(2))


def _blocks(services: pl.DataFrame) -> pl.DataFrame:
    """The blocks of each code of a day: `starts`, `ends`, and `block` in words; null where the note does not say."""
    return services.select(
        "day_code_id",
        pl.col("starts_at").alias("starts"),
        (pl.col("starts_at") + pl.col("service_minutes")).alias("ends"),
    ).with_columns(pl.format("{} to {}", _clock("starts"), _clock("ends")).alias("block"))


def _compare(frames: Mapping[str, pl.DataFrame], context: Context) -> pl.DataFrame:  # noqa: ARG001
    pairs, starts = frames["pairs"], frames["services"].get_column("starts_at")
    if pairs.is_empty() or starts.null_count() == starts.len():
        overlap = pl.Series("blocks_overlap", [None] * pairs.height, dtype=pl.Boolean)
        return pl.DataFrame([overlap, pl.Series("block_words", [_NOT_NOTED] * pairs.height, dtype=pl.String)])
    pairs = pairs.select(
        "pair_id", "first_code", "second_code", "first_day_code_id", "second_day_code_id", "knows_services"
    )
    blocks = _blocks(frames["services"])
    met = (
        pairs.join(blocks, left_on="first_day_code_id", right_on="day_code_id", how="left")
        .join(blocks, left_on="second_day_code_id", right_on="day_code_id", how="left", suffix="_second")
        .sort("pair_id", "starts", "starts_second")
        .group_by("pair_id", maintain_order=True)
        .agg(
            ((pl.col("starts") < pl.col("ends_second")) & (pl.col("starts_second") < pl.col("ends")))
            .any(ignore_nulls=False)
            .alias("overlap"),
            pl.col("block").unique(maintain_order=True).str.join(" and ", ignore_nulls=False).alias("first_blocks"),
            pl.col("block_second")
            .unique(maintain_order=True)
            .str.join(" and ", ignore_nulls=False)
            .alias("second_blocks"),
        )
    )
    told = pl.format("{} {}, {} {}", "first_code", "first_blocks", "second_code", "second_blocks")
    return (
        pairs.join(met, on="pair_id", how="left", maintain_order="left")
        .with_columns(pl.when("knows_services").then("overlap").alias("overlap"))
        .select(
            pl.col("overlap").alias("blocks_overlap"),
            pl.when(pl.col("overlap").is_null())
            .then(pl.lit(_NOT_NOTED))
            .when("overlap")
            .then(pl.format("{}, at the same time", told))
            .otherwise(pl.format("{}, apart", told))
            .alias("block_words"),
        )
    )


stage = Stage(
    name="pair-blocks",
    over="pairs",
    needs=("pair_id", "first_code", "second_code", "first_day_code_id", "second_day_code_id", "knows_services"),
    reads=(("services", "day_code_id"), ("services", "starts_at"), ("services", "service_minutes")),
    adds=(
        Column("blocks_overlap", FLAG, "flag", "services of the two codes ran at the same time; null: times not noted"),
        Column("block_words", TEXT, "text", "when the two were furnished, in words"),
    ),
    compute=_compare,
    lacks="start times of the services",
)
