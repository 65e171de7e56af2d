"""Evaluations and re-evaluations of the claim's own discipline billed for one day."""

from __future__ import annotations

import polars as pl

from cleanclaim.facts.kit import Fact, count_rows
from cleanclaim.lines.columns import col

_LACKS = "a listing of every code billed that day, and the discipline"
_OWN = pl.when(col.disciplines.is_not_null() & col.discipline.is_not_null()).then(
    col.disciplines.list.contains(col.discipline)
)


def _own(name: str, meaning: str, kind: pl.Expr) -> Fact:
    return Fact(
        name=name,
        over="lines",
        dtype=pl.Boolean,
        unit="flag",
        meaning=meaning,
        lacks=_LACKS,
        expr=pl.when(col.code_is_medical).then(pl.lit(value=False)).otherwise(kind & _OWN),
    )


def _counted(name: str, meaning: str, which: pl.Expr) -> Fact:
    return Fact(
        name=name,
        over="days",
        dtype=pl.Int64,
        unit="lines",
        meaning=meaning,
        lacks=_LACKS,
        aggregate=count_rows(of="lines", by=("day_id",), where=which),
    )


facts = (
    _own("is_own_evaluation", "a first evaluation of the claim's own discipline", col.is_evaluation),
    _own("is_own_reevaluation", "a re-evaluation of the claim's own discipline", col.is_reevaluation),
    _counted("evaluations_billed", "lines with a first evaluation of the day's discipline", col.is_own_evaluation),
    _counted("reevaluations_billed", "lines with a re-evaluation of the day's discipline", col.is_own_reevaluation),
)
