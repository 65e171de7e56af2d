"""What was billed for the patient on earlier days: the same code, and the last evaluation of the discipline."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from cleanclaim.facts.keys import joined, numbers
from cleanclaim.facts.kit import Context, Fact, Stage
from cleanclaim.lines.columns import col
from cleanclaim.lines.schema import DAY, FLAG, Column
from cleanclaim.pricing.exact import Flags, Integers, Known, Tristate, absent, as_column, as_flags, flags, integers

_LACKS = "the patient's earlier claims"
_FEW = 200
"""Up to this many lines Python is done before a query has begun."""


def _previous(key: Known, dates: pl.Series, among: Flags) -> pl.Series:
    """The last day before each row's own on which its key occurs among these rows; null where there is none.

    A row whose own day and key do not occur among them has none.
    """
    day = numbers(dates)
    met = joined(key, day)
    size = int(day.values.max(initial=0)) + 1
    rows = np.flatnonzero(met.known)
    rows = rows[np.argsort(met.values[rows], kind="stable")]
    ordered = met.values[rows]
    begins = np.ones(len(rows), np.bool_)
    begins[1:] = ordered[1:] != ordered[:-1]
    days = ordered[begins]
    of_row = np.cumsum(begins) - 1
    occurs = np.zeros(len(days), np.bool_)
    occurs[of_row[among[rows]]] = True
    before = np.maximum.accumulate(np.where(occurs, np.arange(len(days)), -1))
    before = np.concatenate([np.full(1, -1), before])[:-1]
    has_one = occurs & (before >= 0) & (days[before] // size == days // size)
    first = integers(pl.Series([dates.min()], dtype=pl.Date)).values
    found, known = np.zeros(len(among), np.int64), np.zeros(len(among), np.bool_)
    found[rows], known[rows] = (days[before] % size + first)[of_row], has_one[of_row]
    return as_column("earlier_on", found, known).cast(pl.Date)


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
        never, knows_history = pl.Series([None] * lines.height, dtype=pl.Date), lines.get_column("knows_history")
        return pl.DataFrame(
            [
                never.alias("same_code_earlier_on"),
                knows_history.alias("knows_codes_before"),
                never.alias("evaluation_earlier_on"),
                knows_history.alias("knows_evaluations_before"),
            ]
        )
    patient = numbers(lines.get_column("patient_id"))
    dates, code, kind = (lines.get_column(name) for name in ("date_of_service", "code", "is_own_evaluation"))
    discipline = joined(patient, numbers(lines.get_column("discipline")))
    everything = np.ones(lines.height, np.bool_)
    knows = flags(lines.get_column("knows_history"))
    return pl.DataFrame(
        {
            "same_code_earlier_on": _previous(joined(patient, numbers(code)), dates, everything),
            "knows_codes_before": _certain(patient.values, knows, absent(dates), absent(code)),
            "evaluation_earlier_on": _previous(discipline, dates, flags(kind).yes),
            "knows_evaluations_before": _certain(patient.values, knows, absent(dates), absent(kind)),
        }
    )


def _certain(patient: Integers, knows: Tristate, *unknown: Flags) -> pl.Series:
    """Whether the patient's history is at hand and nothing in it is unknown; unknown where neither can be told."""
    holes = np.zeros(int(patient.max(initial=0)) + 1, np.bool_)
    for rows in unknown:
        holes[patient[rows]] = True
    never = knows.no | holes[patient]
    return as_flags(knows.yes & ~never, never)


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


def _in_episode(earlier_on: pl.Expr, knows_before: pl.Expr) -> pl.Expr:
    """Whether the last earlier day is under the plan of care; none is not, where all that came before is known."""
    is_under_plan = earlier_on >= col.plan_first_treatment_on
    return pl.when(earlier_on.is_not_null()).then(is_under_plan).when(knows_before).then(pl.lit(value=False))


facts = (
    Fact(
        name="same_code_earlier_in_episode",
        over="lines",
        dtype=pl.Boolean,
        unit="flag",
        meaning="the code was billed for the patient on an earlier day under the plan of care",
        lacks=f"{_LACKS}, and the first treatment day under the plan",
        expr=_in_episode(col.same_code_earlier_on, col.knows_codes_before),
    ),
    Fact(
        name="evaluation_earlier_in_episode",
        over="lines",
        dtype=pl.Boolean,
        unit="flag",
        meaning="on an evaluation line: the discipline evaluated the patient on an earlier day under the plan of care",
        lacks=f"{_LACKS}, and the first treatment day under the plan",
        expr=_in_episode(col.evaluation_earlier_on, col.knows_evaluations_before),
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
