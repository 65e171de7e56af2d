"""A patient's treatment days in the week and in the year of a visit, as far as at hand.

Weeks begin on Sunday for some and on Monday for others: of both ways the one with fewer days counts.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from cleanclaim.facts.kit import Context, Stage
from cleanclaim.lines.schema import COUNT, FLAG, Column

_NEEDS = (
    "claim_id",
    "is_history",
    "patient_id",
    "discipline",
    "date_of_service",
    "knows_history",
    "visits_before_this_year",
    "visits_before_this_week",
)
_LAST_QUARTER = 4


def _single(claims: pl.DataFrame) -> pl.DataFrame:
    """A visit beside which no other is at hand."""
    (visit,) = claims.to_dicts()
    day, before = visit["date_of_service"], visit["visits_before_this_year"]
    placed = day is not None and visit["discipline"] is not None
    whole = bool(visit["knows_history"]) and before == 0
    first = True if whole else (False if before else None)
    all_year = False if placed and (whole or (day.month - 1) // 3 + 1 < _LAST_QUARTER) else None
    week = visit["visits_before_this_week"]
    most = week + 1 if placed and visit["knows_history"] and week is not None else None
    row = (1 + (week or 0) if placed else None, first if placed else None, all_year, most)
    return pl.DataFrame([row], schema={column.name: column.dtype for column in stage.adds}, orient="row")


def _compute(frames: Mapping[str, pl.DataFrame], context: Context) -> pl.DataFrame:  # noqa: ARG001
    claims = frames["claims"]
    if claims.height == 1:
        return _single(claims)
    day = pl.col("date_of_service")
    # Physical therapy and speech-language pathology share a threshold, occupational therapy has its own.
    group = pl.when(pl.col("discipline") == "OT").then(pl.lit("OT")).otherwise(pl.lit("PT and SLP"))
    keyed = claims.select(
        *_NEEDS,
        pl.when(pl.col("discipline").is_not_null()).then(group).alias("group"),
        day.dt.year().alias("year"),
        day.dt.quarter().alias("quarter"),
        day.dt.truncate("1w").alias("monday"),
        (day + pl.duration(days=1)).dt.truncate("1w").alias("sunday"),
    )
    yearly, case = ("patient_id", "group", "year"), ("patient_id", "discipline")
    rank = day.rank("dense")
    placed = pl.col("group").is_not_null() & day.is_not_null()
    loose = placed.not_().any().over("patient_id")
    ranked = keyed.with_columns(
        placed.alias("placed"),
        (loose.not_() & pl.col("knows_history")).fill_null(value=False).alias("together"),
        (loose.not_() & pl.col("knows_history") & (pl.col("visits_before_this_year") == 0))
        .fill_null(value=False)
        .alias("whole"),
        (rank.over(yearly) == 1).alias("first_at_hand"),
        (rank.over((*yearly, "quarter")) == 1).alias("first_of_quarter"),
        pl.min_horizontal(rank.over((*case, "monday")), rank.over((*case, "sunday"))).cast(pl.Int64).alias("in_week"),
    )
    # A quarter counts once it was reached: earlier quarters of the same year that have a day at hand.
    quarters = keyed.group_by(yearly).agg(pl.col("quarter").n_unique().alias("quarters"))
    wide = ranked.join(quarters, on=yearly, how="left", maintain_order="left")
    last = pl.col("quarter") == _LAST_QUARTER
    return wide.select(
        pl.when("placed")
        .then(pl.col("in_week") + pl.col("visits_before_this_week").fill_null(0))
        .alias("week_days_at_least"),
        pl.when("placed")
        .then(
            pl.when(pl.col("first_at_hand").not_() | (pl.col("visits_before_this_year") > 0))
            .then(pl.lit(value=False))
            .when("whole")
            .then(pl.lit(value=True))
        )
        .alias("is_first_day_of_year"),
        pl.when("placed")
        .then(
            pl.when(last.not_() | pl.col("first_of_quarter").not_())
            .then(pl.lit(value=False))
            .when(pl.col("quarters") == _LAST_QUARTER)
            .then(pl.lit(value=True))
            .when("whole")
            .then(pl.lit(value=False))
        )
        .alias("completes_the_year"),
        pl.when(pl.col("placed") & pl.col("together"))
        .then(pl.col("in_week") + pl.col("visits_before_this_week"))
        .alias("week_days_at_most"),
    )


stage = Stage(
    name="calendar-of-visits",
    over="claims",
    needs=_NEEDS,
    adds=(
        Column("week_days_at_least", COUNT, "days", "treatment days of the week up to this one, at least"),
        Column("is_first_day_of_year", FLAG, "flag", "the patient's first therapy day of the calendar year"),
        Column("completes_the_year", FLAG, "flag", "first therapy day of the fourth quarter after all three others"),
        Column("week_days_at_most", COUNT, "days", "the same as week_days_at_least, at most"),
    ),
    compute=_compute,
    lacks="the patient's other therapy days of the year",
)
