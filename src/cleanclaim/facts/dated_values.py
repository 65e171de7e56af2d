"""A published value of the date of service as a column: deadlines, thresholds, numbers of days."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from cleanclaim.facts.kit import Context, Stage
from cleanclaim.lines.schema import Column
from cleanclaim.reference import values
from cleanclaim.reference.lookup import attach


def dated_values(name: str, *, over: str, series: Mapping[str, str], lacks: str) -> Stage:
    """A stage that adds, for each named series, its value on the date of service.

    Past the horizon of a series, and before its first value, the column is null.

    Args:
        name: Name of the stage.
        over: Table that receives the columns.
        series: Name of a series of `reference.values` → name of its column (Int64, at the scale of its unit).
        lacks: What is missing where a column is null, in words.
    """

    def compute(frames: Mapping[str, pl.DataFrame], context: Context) -> pl.DataFrame:  # noqa: ARG001
        asked = frames[over].select("date_of_service")
        for source, column in series.items():
            asked = attach(
                asked,
                values.table(source),
                by={},
                day="date_of_service",
                take={"value": column},
                status="__status",
                known_through=values.series(source).known_through,
            ).drop("__status")
        return asked.drop("date_of_service")

    return Stage(
        name=name,
        over=over,
        needs=("date_of_service",),
        adds=tuple(
            Column(column, pl.Int64, "at the scale of the series", f"series {source} on the date of service")
            for source, column in series.items()
        ),
        compute=compute,
        lacks=lacks,
    )
