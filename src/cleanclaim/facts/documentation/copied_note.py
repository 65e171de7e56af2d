"""Whether a note is word for word the note of an earlier visit of the patient."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

import polars as pl

from cleanclaim.facts.kit import Context, Stage
from cleanclaim.lines.schema import DAY, FLAG, Column

_KEY = ("patient_id", "discipline")

_FEW = 100
"""Up to this many claims Python is done before a query has begun."""

_BLANKS = re.compile("[\t\n\v\f\r ]+")
"""The blanks of ASCII, as a query knows them."""


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
    if frames["claims"].height <= _FEW and (found := _few(frames["claims"])) is not None:
        return found
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


def _few(claims: pl.DataFrame) -> pl.DataFrame | None:
    """The same for few claims, without a query; nothing where a note has letters that languages fold differently."""
    names = (*_KEY, "date_of_service", "knows_history", "note_text")
    rows = list(zip(*(claims.get_column(name).to_list() for name in names), strict=True))
    if not all(text is None or text.isascii() for *_, text in rows):
        return None
    notes = [None if text is None else _BLANKS.sub(" ", text.lower()).strip(" ") for *_, text in rows]
    found: list[tuple[bool | None, date | None]] = []
    for own, (patient, discipline, on, knows_history, _) in enumerate(rows):
        met = [
            (None if words is None or notes[own] is None else words == notes[own], day)
            for other, (words, (whose, which, day, _, _)) in enumerate(zip(notes, rows, strict=True))
            if other != own and (whose, which) == (patient, discipline) and (day is None or on is None or day < on)
        ]
        # A day that is not known may have come before or after: that note may be the earlier one, or not.
        same = [False if one is False else None if day is None or on is None else one for one, day in met]
        days = [day for one, (_, day) in zip(same, met, strict=True) if one]
        copied = True if True in same else None if None in same else False
        is_known = knows_history is True and notes[own] is not None
        found.append((copied if copied or is_known else None, max(days, default=None)))
    return pl.DataFrame(found, schema={column.name: column.dtype for column in stage.adds}, orient="row")


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
