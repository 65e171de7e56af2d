"""Which diagnoses each line points to, and which lines point to each diagnosis."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from cleanclaim.facts.kit import Context, Fact, Stage, count_same
from cleanclaim.lines.columns import col
from cleanclaim.lines.schema import FLAG, TEXT, TEXTS, Column

_LACKS = "the diagnoses each line points to"


def _links(frames: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """One row per pointer: `line_id`, `claim_id`, `place` among the pointers, `position` pointed to."""
    return (
        frames["lines"]
        .select("line_id", "claim_id", pl.col("pointers").alias("position"))
        .explode("position", empty_as_null=False, keep_nulls=False)
        .with_columns(pl.int_range(pl.len()).over("line_id").alias("place"))
    )


def _of_lines(frames: Mapping[str, pl.DataFrame], context: Context) -> pl.DataFrame:  # noqa: ARG001
    diagnoses = frames["diagnoses"].select(
        "claim_id",
        "position",
        pl.lit(value=True).alias("exists"),
        pl.col("is_external_cause").alias("external"),
        pl.col("is_organism").alias("organism"),
        pl.col("is_manifestation").alias("manifestation"),
        pl.col("diagnosis_as_written").alias("written"),
    )
    links = _links(frames).join(diagnoses, on=["claim_id", "position"], how="left").sort("line_id", "place")
    first = pl.col("place") == 0
    of_line = links.group_by("line_id", maintain_order=True).agg(
        pl.when((pl.col("exists") & pl.col("written").is_null()).any().not_())
        .then(pl.col("written").drop_nulls().implode())
        .alias("linked"),
        pl.col("written").filter(first).first(),
        (pl.col("external") | pl.col("organism") | pl.col("manifestation"))
        .filter(first)
        .first()
        .alias("leads_wrongly"),
    )
    lines = frames["lines"].select("line_id", "pointers", "knows_diagnoses")
    joined = lines.join(of_line, on="line_id", how="left", maintain_order="left")
    has_none = pl.col("pointers").list.len() == 0
    return joined.select(
        pl.when(has_none)
        .then(pl.lit([], dtype=TEXTS))
        .when("knows_diagnoses")
        .then("linked")
        .alias("linked_diagnoses"),
        pl.col("written").alias("leading_diagnosis"),
        pl.when(has_none).then(pl.lit(value=False)).otherwise("leads_wrongly").alias("is_led_by_secondary"),
    )


def _of_diagnoses(frames: Mapping[str, pl.DataFrame], context: Context) -> pl.DataFrame:  # noqa: ARG001
    pointed = _links(frames).select("claim_id", "position").unique().with_columns(pl.lit(value=True).alias("pointed"))
    told = frames["lines"].group_by("claim_id").agg(pl.col("pointers").is_null().any().alias("untold"))
    return (
        frames["diagnoses"]
        .select("claim_id", "position")
        .join(pointed, on=["claim_id", "position"], how="left", maintain_order="left")
        .join(told, on="claim_id", how="left", maintain_order="left")
        .select(
            pl.when("pointed")
            .then(pl.lit(value=True))
            .when(pl.col("untold").not_())
            .then(pl.lit(value=False))
            .alias("is_pointed_to")
        )
    )


stages = (
    Stage(
        name="line-diagnoses",
        over="lines",
        needs=("line_id", "claim_id", "pointers", "knows_diagnoses"),
        reads=tuple(
            ("diagnoses", name)
            for name in (
                "claim_id",
                "position",
                "diagnosis_as_written",
                "is_external_cause",
                "is_organism",
                "is_manifestation",
            )
        ),
        adds=(
            Column("linked_diagnoses", TEXTS, "codes", "diagnoses the line points to, in order"),
            Column("leading_diagnosis", TEXT, "ICD-10-CM", "the diagnosis the line points to first"),
            Column("is_led_by_secondary", FLAG, "flag", "that one is an external cause, a germ or a manifestation"),
        ),
        compute=_of_lines,
        lacks=_LACKS,
    ),
    Stage(
        name="diagnosis-links",
        over="diagnoses",
        needs=("claim_id", "position"),
        reads=(("lines", "line_id"), ("lines", "claim_id"), ("lines", "pointers")),
        adds=(Column("is_pointed_to", FLAG, "flag", "some line of the claim points to the diagnosis"),),
        compute=_of_diagnoses,
        lacks=_LACKS,
    ),
)

facts = (
    Fact(
        name="diagnosis_count",
        over="claims",
        dtype=pl.Int64,
        unit="diagnoses",
        meaning="how many diagnoses the claim lists",
        lacks="the claim's diagnoses",
        aggregate=count_same(("claim_id",), of="diagnoses", known="knows_diagnoses"),
    ),
    Fact(
        name="pointer_count",
        over="lines",
        dtype=pl.Int64,
        unit="pointers",
        meaning="how many diagnoses the line points to",
        lacks=_LACKS,
        expr=col.pointers.list.len().cast(pl.Int64),
    ),
    Fact(
        name="different_pointer_count",
        over="lines",
        dtype=pl.Int64,
        unit="pointers",
        meaning="how many of them are different",
        lacks=_LACKS,
        expr=col.pointers.list.n_unique().cast(pl.Int64),
    ),
    Fact(
        name="least_pointer",
        over="lines",
        dtype=pl.Int64,
        unit="position",
        meaning="the lowest position pointed to; 1 for none",
        lacks=_LACKS,
        expr=pl.when(col.pointers.list.len() > 0)
        .then(col.pointers.list.min())
        .when(col.pointers.is_not_null())
        .then(1),
    ),
    Fact(
        name="greatest_pointer",
        over="lines",
        dtype=pl.Int64,
        unit="position",
        meaning="the highest position pointed to; 1 for none",
        lacks=_LACKS,
        expr=pl.when(col.pointers.list.len() > 0)
        .then(col.pointers.list.max())
        .when(col.pointers.is_not_null())
        .then(1),
    ),
)
