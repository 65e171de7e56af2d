"""The visit's number among those that the payer's limit of visits counts together."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from cleanclaim.facts.kit import Context, Stage
from cleanclaim.lines.schema import COUNT, Column

_NEEDS = (
    "claim_id",
    "patient_id",
    "date_of_service",
    "payer",
    "discipline",
    "claim_number",
    "plan_first_treatment_on",
    "knows_history",
    "visits_before",
    "visits_before_this_year",
    "payer_visit_cap_visits",
    "payer_visit_cap_per",
    "payer_visit_cap_disciplines_apart",
)


def _count(frames: Mapping[str, pl.DataFrame], context: Context) -> pl.DataFrame:  # noqa: ARG001
    claims = frames["claims"]
    # Most payers state no limit of visits, and then there is nothing to count.
    if claims.get_column("payer_visit_cap_visits").null_count() == claims.height:
        return pl.DataFrame([pl.Series(column.name, [None] * claims.height, dtype=pl.Int64) for column in stage.adds])
    per = pl.col("payer_visit_cap_per")
    case = (
        pl.when((per == "injury") & (pl.col("claim_number") != ""))
        .then("claim_number")
        .when(per == "calendar_year")
        .then(pl.col("date_of_service").dt.year().cast(pl.String))
        .when(per == "episode")
        .then(pl.col("plan_first_treatment_on").cast(pl.String))
    )
    apart = pl.col("payer_visit_cap_disciplines_apart")
    discipline = pl.when(apart).then("discipline").when(apart.not_()).then(pl.lit(""))
    group = ("patient_id", "payer", "case", "who")
    whole = pl.all_horizontal(pl.col(name).is_not_null() for name in (*group, "date_of_service"))
    numbered = claims.select(*_NEEDS, case.alias("case"), discipline.alias("who")).with_columns(
        whole.alias("whole"),
        # Visits that cannot be placed may be among those counted.
        (whole.not_().any().over("patient_id")).alias("loose"),
    )
    number = pl.col("date_of_service").rank("dense").over(group).cast(pl.Int64)
    before = pl.when(per == "calendar_year").then("visits_before_this_year").otherwise("visits_before")
    return numbered.select(
        pl.when("whole").then(number + before.fill_null(0)).alias("visit_number_at_least"),
        pl.when(pl.col("whole") & pl.col("loose").not_() & pl.col("knows_history"))
        .then(number + before)
        .alias("visit_number_at_most"),
    )


stage = Stage(
    name="visit-count",
    over="claims",
    needs=_NEEDS,
    adds=(
        Column("visit_number_at_least", COUNT, "visits", "number of this visit among those at hand, at least"),
        Column("visit_number_at_most", COUNT, "visits", "the same, at most; null without the patient's other claims"),
    ),
    compute=_count,
    lacks="the patient's other claims, and the case, year or episode to which each belongs",
)
