"""Treatment days of the episode up to a visit, from what its record counts and the other visits at hand.

A visit's own count (`treatment_days_since_report`) knows the days before the visits at hand. The days of the
visits at hand come on top: each date once, from the first treatment under the plan, and since the last visit
that holds a progress report. Where it is unknown whether a visit holds one, the count is an interval.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from cleanclaim.facts.kit import Context, Fact, Stage
from cleanclaim.lines.columns import col
from cleanclaim.lines.schema import COUNT, FLAG, Column

_KEY = ("patient_id", "discipline")
_LACKS = "treatment days since the last progress report"


def _single(claims: pl.DataFrame) -> pl.DataFrame:
    """A visit beside which no other is at hand."""
    stated = claims.item(0, "treatment_days_since_report")
    least = 1 if stated is None and claims.item(0, "discipline") is not None else stated
    reported = claims.item(0, "has_progress_report")
    row = (least, stated, reported, 1 if stated is None else stated)
    return pl.DataFrame([row], schema={column.name: column.dtype for column in stage.adds}, orient="row")


def _count(frames: Mapping[str, pl.DataFrame], context: Context) -> pl.DataFrame:  # noqa: ARG001
    if frames["claims"].height == 1:
        return _single(frames["claims"])
    claims = frames["claims"].select(
        "claim_id",
        *_KEY,
        "date_of_service",
        "has_progress_report",
        "plan_first_treatment_on",
        pl.col("treatment_days_since_report").alias("stated"),
    )
    days = claims.group_by(*_KEY, "date_of_service", maintain_order=True).agg(
        pl.col("has_progress_report").any(ignore_nulls=False).alias("reported")
    )
    met = (
        claims.drop_nulls([*_KEY, "date_of_service"])
        .join(days.rename({"date_of_service": "day"}), on=_KEY, how="inner", maintain_order="left")
        .filter(pl.col("day") < pl.col("date_of_service"))
    )
    begun = pl.col("plan_first_treatment_on")
    inside, perhaps = (pl.col("day") >= begun).fill_null(value=False), (pl.col("day") >= begun).fill_null(value=True)
    met = met.with_columns(
        pl.when(pl.col("reported") & inside).then(pl.col("day")).max().over("claim_id").alias("last_certain"),
        pl.when(pl.col("reported").fill_null(value=True) & perhaps)
        .then(pl.col("day"))
        .max()
        .over("claim_id")
        .alias("last_possible"),
    )
    after_certain = pl.col("last_certain").is_null() | (pl.col("day") > pl.col("last_certain"))
    after_possible = pl.col("last_possible").is_null() | (pl.col("day") > pl.col("last_possible"))
    summed = met.group_by("claim_id").agg(
        (inside & after_possible).sum().cast(pl.Int64).alias("surely"),
        (perhaps & after_certain).sum().cast(pl.Int64).alias("perhaps"),
        inside.sum().cast(pl.Int64).alias("in_episode"),
        pl.col("last_certain").first(),
        pl.col("last_possible").first(),
        (begun.first().is_null()).alias("begin_unknown"),
    )
    same_day = claims.select(*_KEY, "date_of_service").join(
        days, on=[*_KEY, "date_of_service"], how="left", nulls_equal=True, maintain_order="left"
    )
    known = pl.all_horizontal(pl.col(name).is_not_null() for name in (*_KEY, "date_of_service"))
    alone = pl.col("surely").is_null()
    stated_or_one = pl.coalesce("stated", 1)
    at_least = (
        pl.when(alone)
        .then(stated_or_one)
        .when(pl.col("last_possible").is_not_null() | pl.col("begin_unknown"))
        .then(pl.col("surely") + 1)
        .otherwise(pl.col("surely") + stated_or_one)
    )
    at_most = (
        pl.when(alone)
        .then(pl.col("stated"))
        .when(pl.col("last_certain").is_not_null())
        .then(pl.col("perhaps") + 1)
        .otherwise(pl.col("perhaps") + pl.col("stated"))
    )
    return (
        claims.with_columns(same_day.get_column("reported"))
        .join(summed, on="claim_id", how="left", maintain_order="left")
        .select(
            pl.when(known).then(at_least).alias("treatment_days_at_least"),
            pl.when(known).then(at_most).alias("treatment_days_at_most"),
            pl.when(known)
            .then(pl.col("reported"))
            .otherwise(pl.col("has_progress_report"))
            .alias("day_has_progress_report"),
            pl.when(known)
            .then(pl.max_horizontal(at_least, pl.coalesce("in_episode", 0) + 1))
            .alias("episode_visits_at_least"),
        )
    )


stage = Stage(
    name="treatment-days",
    over="claims",
    needs=(
        "claim_id",
        *_KEY,
        "date_of_service",
        "has_progress_report",
        "plan_first_treatment_on",
        "treatment_days_since_report",
    ),
    adds=(
        Column(
            "treatment_days_at_least",
            COUNT,
            "days",
            "treatment days since the last report, this one included, at least",
        ),
        Column("treatment_days_at_most", COUNT, "days", "the same, at most"),
        Column("day_has_progress_report", FLAG, "flag", "a visit of that day and discipline holds a progress report"),
        Column("episode_visits_at_least", COUNT, "days", "treatment days of the episode, this one included, at least"),
    ),
    compute=_count,
    lacks=_LACKS,
)

facts = (
    Fact(
        name="report_is_due",
        over="claims",
        dtype=pl.Boolean,
        unit="flag",
        meaning="this is the treatment day by which a progress report is due, counted from the last one",
        lacks=_LACKS,
        expr=pl.when(
            (col.treatment_days_at_least == col.progress_report_treatment_days)
            & (col.treatment_days_at_most == col.progress_report_treatment_days)
        )
        .then(pl.lit(value=True))
        .when(
            (col.treatment_days_at_least > col.progress_report_treatment_days)
            | (col.treatment_days_at_most < col.progress_report_treatment_days)
        )
        .then(pl.lit(value=False)),
    ),
    Fact(
        name="report_is_overdue",
        over="claims",
        dtype=pl.Boolean,
        unit="flag",
        meaning="more treatment days have passed since the last progress report than one report may span",
        lacks=_LACKS,
        expr=pl.when(col.treatment_days_at_least > col.progress_report_treatment_days)
        .then(pl.lit(value=True))
        .when(col.treatment_days_at_most <= col.progress_report_treatment_days)
        .then(pl.lit(value=False)),
    ),
)
