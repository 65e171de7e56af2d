"""What was billed for the patient on earlier days: the same code, and the last evaluation of the discipline."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from cleanclaim.facts.kit import Context, Fact, Stage
from cleanclaim.lines.columns import col
from cleanclaim.lines.schema import DAY, FLAG, Column

_LACKS = "the patient's earlier claims"
_FEW = 200
"""Up to this many lines Python is done before a query has begun."""


def _previous(rows: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """The day before each day on which the keys occur, as `earlier_on`."""
    met = rows.select(*keys, "date_of_service").drop_nulls().unique().sort(*keys, "date_of_service")
    return met.with_columns(pl.col("date_of_service").shift(1).over(keys).alias("earlier_on"))


def _nothing_earlier(lines: pl.DataFrame) -> bool:
    """Whether every patient is here with one known day: the common case of a single visit."""
    if any(column.null_count() for column in lines.get_columns()):
        return False
    if lines.height > _FEW:
        return lines.select("patient_id", "date_of_service").n_unique() == lines.get_column("patient_id").n_unique()
    patients = lines.get_column("patient_id").to_list()
    return len(set(zip(patients, lines.get_column("date_of_service").to_list(), strict=True))) == len(set(patients))


def _compute(frames: Mapping[str, pl.DataFrame], context: Context) -> pl.DataFrame:  # noqa: ARG001
    lines = pl.DataFrame([frames["lines"].get_column(name) for name in stage.needs])
    if _nothing_earlier(lines):
        never, knows = pl.Series([None] * lines.height, dtype=pl.Date), lines.get_column("knows_history")
        return pl.DataFrame(
            [
                never.alias("same_code_earlier_on"),
                knows.alias("knows_codes_before"),
                never.alias("evaluation_earlier_on"),
                knows.alias("knows_evaluations_before"),
            ]
        )
    keys = ["patient_id", "code"]
    same = lines.join(_previous(lines, keys), on=[*keys, "date_of_service"], how="left", maintain_order="left")
    own = ["patient_id", "discipline"]
    evaluations = lines.filter(pl.col("is_own_evaluation"))
    evaluated = lines.join(_previous(evaluations, own), on=[*own, "date_of_service"], how="left", maintain_order="left")
    dated = pl.col("date_of_service").is_null().any().over("patient_id").not_() & pl.col("knows_history")
    every_code = pl.col("code").is_null().any().over("patient_id").not_()
    every_kind = pl.col("is_own_evaluation").is_null().any().over("patient_id").not_()
    certain = lines.select((dated & every_code).alias("codes"), (dated & every_kind).alias("kinds"))
    return pl.DataFrame(
        {
            "same_code_earlier_on": same.get_column("earlier_on"),
            "knows_codes_before": certain.get_column("codes"),
            "evaluation_earlier_on": evaluated.get_column("earlier_on"),
            "knows_evaluations_before": certain.get_column("kinds"),
        }
    )


stage = Stage(
    name="earlier-visits",
    over="lines",
    needs=("patient_id", "date_of_service", "discipline", "code", "is_own_evaluation", "knows_history"),
    adds=(
        Column(
            "same_code_earlier_on", DAY, "date", "the last earlier day on which the code was billed for the patient"
        ),
        Column("knows_codes_before", FLAG, "flag", "every code billed for the patient before is known"),
        Column(
            "evaluation_earlier_on",
            DAY,
            "date",
            "on an evaluation line: the day of the last earlier evaluation of the discipline",
        ),
        Column("knows_evaluations_before", FLAG, "flag", "every earlier evaluation of the patient is known"),
    ),
    compute=_compute,
    lacks=_LACKS,
)

facts = (
    Fact(
        name="same_code_earlier_in_episode",
        over="lines",
        dtype=pl.Boolean,
        unit="flag",
        meaning="the code was billed for the patient on an earlier day under the plan of care",
        lacks=f"{_LACKS}, and the first treatment day under the plan",
        expr=pl.when(col.same_code_earlier_on.is_not_null())
        .then(col.same_code_earlier_on >= col.plan_first_treatment_on)
        .when(col.knows_codes_before)
        .then(pl.lit(value=False)),
    ),
    Fact(
        name="days_since_evaluation",
        over="lines",
        dtype=pl.Int64,
        unit="days",
        meaning="on an evaluation line: days since the last earlier evaluation of the discipline",
        lacks=_LACKS,
        expr=(col.date_of_service - col.evaluation_earlier_on).dt.total_days(),
    ),
    Fact(
        name="evaluated_too_soon",
        over="lines",
        dtype=pl.Boolean,
        unit="flag",
        meaning="an earlier evaluation lies within the days that the payer asks for between two",
        lacks=_LACKS,
        expr=pl.when(col.days_since_evaluation.is_not_null())
        .then(col.days_since_evaluation < col.payer_evaluation_frequency_days)
        .when(col.knows_evaluations_before)
        .then(pl.lit(value=False)),
    ),
)
