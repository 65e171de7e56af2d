"""What was billed for the patient on earlier days: the same code, and the last evaluation of the discipline."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from cleanclaim.facts.frames import numbers_of
from cleanclaim.facts.keys import joined
from cleanclaim.facts.kit import Context, Fact, Stage
from cleanclaim.lines.columns import col
from cleanclaim.lines.schema import DAY, FLAG, Column
from cleanclaim.pricing.distinct import distinct
from cleanclaim.pricing.exact import Flags, Integers, Known, Tristate, absent, as_column, as_flags, flags, integers
from cleanclaim.pricing.kinds import numbers

_LACKS = "the patient's earlier claims"
_FEW = 200
"""Up to this many lines Python is done before a query has begun."""


def _previous(key: Known, dates: pl.Series, among: Flags) -> Known:
    """The last day before each row's own on which its key occurs among these rows; unknown where there is none.

    A row whose own day and key do not occur among them has none.
    """
    day = numbers(dates)
    met = joined(key, day)
    size = int(day.values.max(initial=0)) + 1
    told = distinct(met.values)
    # Among the days of all keys, those on which the key occurs: each follows the one before it that has its key.
    occurs = np.zeros(len(told.first), np.bool_)
    occurs[told.of_row[among & met.known]] = True
    places = np.flatnonzero(occurs)
    days = told.values[places]
    before, follows = np.zeros(len(told.first), np.int64), np.zeros(len(told.first), np.bool_)
    before[places[1:]] = days[:-1] % size + integers(pl.Series([dates.min()], dtype=pl.Date)).values
    follows[places[1:]] = days[1:] // size == days[:-1] // size
    known = follows[told.of_row] & met.known
    return Known(np.where(known, before[told.of_row], 0), known)


def _previous_evaluation(patient: Known, discipline: Known, dates: pl.Series, is_one: Flags) -> Known:
    """The same for evaluations of the patient's discipline; only lines beside one on the same day are looked at."""
    visits = distinct(joined(patient, numbers(dates)).values).of_row
    evaluated = np.zeros(int(visits.max(initial=0)) + 1, np.bool_)
    evaluated[visits[is_one]] = True
    rows = np.flatnonzero(evaluated[visits])
    key = joined(patient.take(rows), discipline.take(rows))
    own = _previous(key, dates.gather(rows), is_one[rows])
    found, known = np.zeros(len(is_one), np.int64), np.zeros(len(is_one), np.bool_)
    found[rows], known[rows] = own
    return Known(found, known)


def _days(name: str, days: Known) -> pl.Series:
    return as_column(name, *days).cast(pl.Date)


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
    everything = np.ones(lines.height, np.bool_)
    knows = flags(lines.get_column("knows_history"))
    evaluation = _previous_evaluation(patient, numbers_of(frames, "lines", "discipline"), dates, flags(kind).yes)
    same_code = joined(patient, numbers_of(frames, "lines", "code"))
    return pl.DataFrame(
        [
            _days("same_code_earlier_on", _previous(same_code, dates, everything)),
            _certain(patient.values, knows, absent(dates), absent(code)).alias("knows_codes_before"),
            _days("evaluation_earlier_on", evaluation),
            _certain(patient.values, knows, absent(dates), absent(kind)).alias("knows_evaluations_before"),
        ]
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
