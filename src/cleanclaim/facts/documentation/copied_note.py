"""Whether a note is word for word the note of an earlier visit of the patient."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from cleanclaim.facts.kit import Context, Stage
from cleanclaim.lines.schema import DAY, FLAG, Column

_KEY = ("patient_id", "discipline")


def _copied(frames: Mapping[str, pl.DataFrame], context: Context) -> pl.DataFrame:  # noqa: ARG001
    if frames["claims"].height == 1:
        only = frames["claims"]
        is_known = only.item(0, "knows_history") and only.item(0, "note_text") is not None
        return pl.DataFrame(
            {"note_is_copied": [False if is_known else None], "copied_from": [None]},
            schema={"note_is_copied": pl.Boolean, "copied_from": pl.Date},
        )
    if frames["claims"].get_column("note_text").null_count() == frames["claims"].height:
        # Where nobody wrote a note there is nothing to compare.
        nothing = pl.Series([None]).new_from_index(0, frames["claims"].height)
        return pl.DataFrame([nothing.cast(column.dtype).alias(column.name) for column in stage.adds])
    claims = frames["claims"].select(
        "claim_id",
        *_KEY,
        "date_of_service",
        "knows_history",
        pl.col("note_text").str.to_lowercase().str.replace_all(r"\s+", " ").str.strip_chars().alias("words"),
    )
    others = claims.select(
        *_KEY,
        pl.col("claim_id").alias("other"),
        pl.col("date_of_service").alias("day"),
        pl.col("words").alias("theirs"),
    )
    met = claims.join(others, on=_KEY, how="inner", nulls_equal=True).filter(
        (pl.col("other") != pl.col("claim_id")) & (pl.col("day") < pl.col("date_of_service")).fill_null(value=True)
    )
    same = (pl.col("theirs") == pl.col("words")) & (pl.col("day") < pl.col("date_of_service"))
    summed = met.group_by("claim_id").agg(
        same.any(ignore_nulls=False).alias("same"), pl.col("day").filter(same).max().alias("copied_from")
    )
    known = pl.col("knows_history") & pl.col("words").is_not_null()
    alone = pl.col("same").is_null() & pl.col("claim_id").is_in(summed.get_column("claim_id").implode()).not_()
    return claims.join(summed, on="claim_id", how="left", maintain_order="left").select(
        pl.when(alone & known)
        .then(pl.lit(value=False))
        .when(pl.col("same") | known)
        .then(pl.col("same"))
        .alias("note_is_copied"),
        "copied_from",
    )


stage = Stage(
    name="copied-note",
    over="claims",
    needs=("claim_id", *_KEY, "date_of_service", "note_text", "knows_history"),
    adds=(
        Column("note_is_copied", FLAG, "flag", "word for word the note of an earlier visit; case and spaces apart"),
        Column("copied_from", DAY, "date", "the last earlier day with the same note"),
    ),
    compute=_copied,
    lacks="the notes of this and the patient's earlier visits",
)
