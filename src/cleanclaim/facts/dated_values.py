"""A published value of the date of service as a column: deadlines, thresholds, numbers of days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from cleanclaim.facts.kit import Context, Stage
from cleanclaim.lines.schema import Column
from cleanclaim.reference import values

_EPOCH = date(1970, 1, 1)
_LONG_AGO = -(1 << 31)


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
        days = frames[over].get_column("date_of_service").to_physical()
        # A null takes the place before all values, where nothing is known.
        places = days.fill_null(_LONG_AGO).to_numpy()
        return pl.DataFrame([_column(source, column, places) for source, column in series.items()])

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


def _column(source: str, column: str, places: npt.NDArray[Any]) -> pl.Series:
    starts, found = _timeline(source)
    # The first stretch is the one before all starts.
    return found.gather(np.searchsorted(starts, places, side="right")).alias(column)


@cache
def _timeline(source: str) -> tuple[npt.NDArray[np.int64], pl.Series]:
    """The days (since 1970) on which the value of a series changes, and its value before and from each of them.

    A series has a few values and no key, so a sorted list of days answers without a join.
    """
    series = values.series(source)
    starts: set[date] = set()
    for item in series.values:
        starts.add(item.valid_from or date.min)
        if item.valid_through:
            starts.add(item.valid_through + timedelta(days=1))
    if series.known_through:
        starts.add(series.known_through + timedelta(days=1))
    ordered = sorted(starts)
    found = [None, *(series.on(day).value for day in ordered)]
    days = [max((day - _EPOCH).days, _LONG_AGO + 1) for day in ordered]
    return np.array(days, dtype=np.int64), pl.Series(found, dtype=pl.Int64)
