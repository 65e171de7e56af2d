"""A published value of the date of service as a column: deadlines, thresholds, numbers of days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from cleanclaim.facts.kit import Context, Stage
from cleanclaim.lines.schema import Column
from cleanclaim.reference import values

_EPOCH = date(1970, 1, 1)


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
        # A null day becomes the smallest number, which lies before every value.
        days = frames[over].get_column("date_of_service").to_numpy().astype("datetime64[D]").view(np.int64)
        return pl.DataFrame([_column(source, column, days) for source, column in series.items()])

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
        is_lookup=True,
    )


def _column(source: str, column: str, days: npt.NDArray[np.int64]) -> pl.Series:
    timeline = _timeline(source)
    # The first stretch is the one before all starts.
    stretch = np.searchsorted(timeline.starts, days, side="right")
    known = timeline.known[stretch]
    found = pl.Series(column, timeline.values[stretch])
    return found if known.all() else found.set(pl.Series(~known), None)


class _Timeline(NamedTuple):
    """The days (since 1970) on which a series changes; before all of them and from each, its value, 0 for none."""

    starts: npt.NDArray[np.int64]
    values: npt.NDArray[np.int64]
    known: npt.NDArray[np.bool_]


@cache
def _timeline(source: str) -> _Timeline:
    """Lay out a series. It has a few values and no key, so a sorted list of days answers without a join."""
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
    return _Timeline(
        np.array([(day - _EPOCH).days for day in ordered], dtype=np.int64),
        np.array([value or 0 for value in found], dtype=np.int64),
        np.array([value is not None for value in found], dtype=np.bool_),
    )
