"""How the diagnoses of a claim stand to each other: kept apart, listed twice, or without the code they want beside."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import polars as pl

from cleanclaim.facts.kit import Context, Fact, Stage, values_of
from cleanclaim.lines.columns import col
from cleanclaim.lines.schema import FLAG, TEXT, Column
from cleanclaim.reference import icd10

_REMEMBERED = 65_536
_LACKS = "every diagnosis of the claim"

_MET = {
    "code": TEXT,
    "other": TEXT,
    "note": TEXT,
    "not_beside": TEXT,
    "serves": FLAG,
}


@lru_cache(maxsize=_REMEMBERED)
def _meeting(code: str, other: str) -> tuple[str | None, str | None, bool]:
    """Of two diagnoses: the note that keeps them apart, the words that keep `code` from `other`, and whether `other`,
    standing before, is the companion that `code` wants.

    Opposite sides are not kept apart: the guidelines allow conditions that have nothing to do with each other.
    """  # noqa: D205 - the three answers belong together
    apart = next((item for item in icd10.excludes1_conflicts([code, other]) if not item.opposite_sides), None)
    problems = [item for item in icd10.companion_problems([other, code]) if item.code == code]
    not_beside = next((item.companion.words for item in problems if item.other == other), None)
    serves = not any(item.other is None for item in problems)
    return (None if apart is None else icd10.dotted(apart.exclusion.place), not_beside, serves)


@lru_cache(maxsize=_REMEMBERED)
def _wanted(code: str) -> tuple[str, bool] | None:
    """What the code wants beside it, in words, and whether it must stand before; `None` where it wants nothing."""
    wants = next((item.companion for item in icd10.companion_problems([code]) if item.other is None), None)
    return None if wants is None else (wants.words, wants.relation is icd10.Relation.AFTER)


def _meet(frames: Mapping[str, pl.DataFrame], context: Context) -> pl.DataFrame:  # noqa: ARG001
    rows = frames["diagnoses"].select("diagnosis_id", "claim_id", "position", pl.col("diagnosis_code").alias("code"))
    codes = rows.get_column("code").unique().drop_nulls()
    wants = [(code, *found) for code in codes if (found := _wanted(code)) is not None]
    rows = rows.join(
        pl.DataFrame(wants, schema={"code": TEXT, "wanted": TEXT, "wants_before": FLAG}, orient="row"),
        on="code",
        how="left",
        maintain_order="left",
    )
    both = (
        rows.join(rows.select("claim_id", "position", "code"), on="claim_id", how="inner", suffix="_other")
        .filter(pl.col("position") != pl.col("position_other"))
        .rename({"code_other": "other"})
    )
    known = both.select("code", "other").unique().drop_nulls()
    met = pl.DataFrame(
        [(code, other, *_meeting(code, other)) for code, other in known.iter_rows()], schema=_MET, orient="row"
    )
    both = both.join(met, on=["code", "other"], how="left").sort("diagnosis_id", "position_other")
    earlier = pl.col("position_other") < pl.col("position")
    unknown = pl.col("other").is_null() | pl.col("code").is_null()
    of_row = both.group_by("diagnosis_id", maintain_order=True).agg(
        pl.col("other").filter(pl.col("note").is_not_null() & earlier).first().alias("apart_from"),
        pl.col("note").filter(pl.col("note").is_not_null() & earlier).first(),
        (unknown & earlier).any().alias("earlier_unknown"),
        unknown.any().alias("some_unknown"),
        (pl.col("other") == pl.col("code")).filter(earlier).any(ignore_nulls=False).alias("repeated"),
        pl.col("other").filter(pl.col("not_beside").is_not_null()).first().alias("not_beside_other"),
        pl.col("not_beside").drop_nulls().first(),
        (pl.col("serves") & (earlier | pl.col("wants_before").not_())).any(ignore_nulls=False).alias("served"),
    )
    joined = rows.join(of_row, on="diagnosis_id", how="left", maintain_order="left")
    alone = pl.col("some_unknown").is_null()
    return joined.select(
        _found("apart_from", alone | pl.col("earlier_unknown").not_()).alias("is_kept_apart"),
        _dotted("apart_from").alias("kept_apart_from"),
        pl.col("note").alias("kept_apart_by"),
        pl.when(alone).then(pl.lit(value=False)).otherwise("repeated").alias("is_repeated_diagnosis"),
        _found("not_beside_other", alone | pl.col("some_unknown").not_()).alias("stands_beside_unfit"),
        _dotted("not_beside_other").alias("unfit_companion"),
        pl.col("not_beside").alias("unfit_because"),
        pl.when(pl.col("code").is_null())
        .then(None)
        .when(pl.col("wanted").is_null())
        .then(pl.lit(value=False))
        .when(alone)
        .then(pl.lit(value=True))
        .otherwise(pl.col("served").not_())
        .alias("lacks_companion"),
        pl.col("wanted").alias("wanted_companion"),
    )


def _found(column: str, complete: pl.Expr) -> pl.Expr:
    """True where something was found; false only where everything was known."""
    own = pl.col("code").is_not_null()
    return pl.when(pl.col(column).is_not_null()).then(pl.lit(value=True)).when(own & complete).then(pl.lit(value=False))


def _dotted(column: str) -> pl.Expr:
    """The code as people write it."""
    head, tail = pl.col(column).str.slice(0, 3), pl.col(column).str.slice(3)
    return pl.when(tail == "").then(head).otherwise(pl.format("{}.{}", head, tail))


def _is_confirmed(frames: Mapping[str, pl.DataFrame], context: Context) -> pl.DataFrame:  # noqa: ARG001
    edition = icd10.tabular_edition()
    day = pl.col("date_of_service")
    confirmed = day.is_between(edition.confirmed_from, edition.confirmed_through)
    return frames["claims"].select(
        confirmed.alias("diagnosis_notes_are_confirmed"),
        pl.when(confirmed)
        .then(pl.lit(f"the notes of {edition.name}"))
        .otherwise(pl.format(f"the notes of {edition.name} (unconfirmed for {{}})", day.dt.to_string("%Y-%m-%d")))
        .alias("diagnosis_notes"),
    )


stages = (
    Stage(
        name="diagnosis-company",
        over="diagnoses",
        needs=("diagnosis_id", "claim_id", "position", "diagnosis_code"),
        adds=(
            Column("is_kept_apart", FLAG, "flag", "a note keeps it apart from a diagnosis that stands before it"),
            Column("kept_apart_from", TEXT, "ICD-10-CM", "that diagnosis"),
            Column("kept_apart_by", TEXT, "ICD-10-CM", "the code under which the note stands"),
            Column("is_repeated_diagnosis", FLAG, "flag", "the same code stands before it"),
            Column("stands_beside_unfit", FLAG, "flag", "a note in words keeps it from another diagnosis of the claim"),
            Column("unfit_companion", TEXT, "ICD-10-CM", "that diagnosis"),
            Column("unfit_because", TEXT, "text", "the note, in our words"),
            Column("lacks_companion", FLAG, "flag", "it wants another diagnosis beside or before it, and has none"),
            Column("wanted_companion", TEXT, "text", "what it wants, in words"),
        ),
        compute=_meet,
        lacks=_LACKS,
    ),
    Stage(
        name="diagnosis-notes",
        over="claims",
        needs=("date_of_service",),
        adds=(
            Column(
                "diagnosis_notes_are_confirmed",
                FLAG,
                "flag",
                "the notes that keep diagnoses apart were in force that day; false: another year's were used",
            ),
            Column("diagnosis_notes", TEXT, "text", "the edition of the notes, and that it is unconfirmed where it is"),
        ),
        compute=_is_confirmed,
        lacks="the date of service",
    ),
)

fact = Fact(
    name="claim_diagnoses",
    over="claims",
    dtype=pl.List(pl.String),
    unit="codes",
    meaning="all diagnoses of the claim, in order",
    lacks=_LACKS,
    aggregate=values_of(col.diagnosis_as_written, of="diagnoses", by=("claim_id",), known="knows_diagnoses"),
)
