"""Whether a note is word for word a note that the same therapist wrote of another patient.

Where it is not known who treated, nobody knows whose notes to lay beside it.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from cleanclaim.facts.kit import Context, Reach, Stage
from cleanclaim.lines.schema import FLAG, Column


def _compute(frames: Mapping[str, pl.DataFrame], context: Context) -> pl.DataFrame:  # noqa: ARG001
    claims = frames["claims"]
    is_named = pl.col("rendering_npi").is_not_null() & (pl.col("rendering_npi") != "")
    none_beside = pl.when(is_named).then(pl.lit(value=False))
    if claims.get_column("patient_id").n_unique() <= 1:
        return claims.select(none_beside.alias("note_is_another_patients"), none_beside.alias("others_notes_at_hand"))
    if claims.get_column("note_text").null_count() == claims.height:
        # An archive of claims alone.
        unknown = pl.lit(None, pl.Boolean)
        return claims.select(unknown.alias("note_is_another_patients"), none_beside.alias("others_notes_at_hand"))
    words = pl.col("note_text").str.to_lowercase().str.replace_all(r"\s+", " ").str.strip_chars()
    noted = claims.select("patient_id", "rendering_npi", words.alias("words"))
    written = pl.col("words").is_not_null() & (pl.col("words") != "")
    others = written.sum().over("rendering_npi") > written.sum().over("rendering_npi", "patient_id")
    is_shared = pl.col("patient_id").n_unique().over("rendering_npi", "words") > 1
    return noted.select(
        pl.when(is_named & pl.col("words").is_not_null()).then(written & is_shared).alias("note_is_another_patients"),
        pl.when(is_named).then(others).alias("others_notes_at_hand"),
    )


stage = Stage(
    name="notes-of-others",
    over="claims",
    needs=("patient_id", "rendering_npi", "note_text"),
    adds=(
        Column(
            "note_is_another_patients",
            FLAG,
            "flag",
            "word for word a note of another patient of the same therapist; case and spaces apart",
        ),
        Column("others_notes_at_hand", FLAG, "flag", "notes of other patients of the same therapist are at hand"),
    ),
    compute=_compute,
    lacks="the note of the visit, or who treated",
    reach=Reach.THERAPIST,
)
