"""Whether a note is word for word a note of another patient."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from cleanclaim.facts.kit import Context, Stage
from cleanclaim.lines.schema import FLAG, Column


def _compute(frames: Mapping[str, pl.DataFrame], context: Context) -> pl.DataFrame:  # noqa: ARG001
    claims = frames["claims"]
    height = claims.height
    if claims.get_column("patient_id").n_unique() <= 1:
        return pl.DataFrame({"note_is_another_patients": [False] * height, "others_notes_at_hand": [False] * height})
    words = pl.col("note_text").str.to_lowercase().str.replace_all(r"\s+", " ").str.strip_chars()
    noted = claims.select("patient_id", words.alias("words"))
    written = pl.col("words").is_not_null() & (pl.col("words") != "")
    others = written.sum() > written.sum().over("patient_id")
    return noted.select(
        pl.when(pl.col("words").is_not_null())
        .then(written & (pl.col("patient_id").n_unique().over("words") > 1))
        .alias("note_is_another_patients"),
        others.alias("others_notes_at_hand"),
    )


stage = Stage(
    name="notes-of-others",
    over="claims",
    needs=("patient_id", "note_text"),
    adds=(
        Column(
            "note_is_another_patients",
            FLAG,
            "flag",
            "word for word a note of another patient; case and spaces apart",
        ),
        Column("others_notes_at_hand", FLAG, "flag", "notes of other patients are at hand"),
    ),
    compute=_compute,
    lacks="the note of the visit",
)
