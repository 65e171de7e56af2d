"""Allowed therapy dollars of the year before each line: the dated statement, and the lines at hand on top.

Medicare counts the allowed dollars of a patient and calendar year over all providers, PT and SLP together and OT
apart. A claim states them as an interval of a day (`ytd_at_least_cents`, `ytd_at_most_cents`, `ytd_as_of`). Lines
at hand of later days come on top of both bounds; lines of earlier days may be among the stated dollars or not, so
they come on top of the upper bound only. Lines are taken by day, history first, then claim by claim.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from cleanclaim.facts.kit import Context, Stage
from cleanclaim.lines.columns import col
from cleanclaim.lines.schema import CENTS, FLAG, Column

Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

_THERAPY = ("GP", "GO", "GN")
_NEVER_ALLOWED = ("GY", "GZ")
_DAYS = 1 << 22
"""More than the days of any calendar: a group and a day make one sortable number."""


class Known(NamedTuple):
    """Whole numbers with a mask: where `known` is false the value is 0 and means nothing."""

    values: Integers
    known: Flags

    def take(self, rows: Integers) -> Known:
        """The values at these rows."""
        return Known(self.values[rows], self.known[rows])


def _known(column: pl.Series) -> Known:
    """A column of numbers, dates (days since 1970) or flags (0 and 1) as an array with its mask."""
    physical = column.to_physical().cast(pl.Int64)
    return Known(physical.fill_null(0).to_numpy(), physical.is_not_null().to_numpy())


def _dollars(frames: Mapping[str, pl.DataFrame], context: Context) -> pl.DataFrame:  # noqa: ARG001
    claims, lines = frames["claims"], frames["lines"]
    counts = lines.select(_COUNTS.alias("counts_towards_threshold")).to_series()
    owner = lines.get_column("claim_id").to_numpy()
    day = _known(claims.get_column("date_of_service")).take(owner)
    discipline = claims.get_column("discipline")
    applies = _known(claims.get_column("payer_therapy_threshold_applies")).take(owner)
    # Of a payer not known the amount is unknown; with a payer that has no threshold nothing counts.
    row = np.flatnonzero(
        counts.to_numpy()
        & ~(applies.known & (applies.values == 0))
        & day.known
        & discipline.is_not_null().to_numpy()[owner]
    )
    own = owner[row]
    group = _group(claims, own, is_ot=(discipline.fill_null("") == "OT").to_numpy()[own])
    is_judged = ~claims.get_column("is_history").to_numpy()[own]
    order = np.lexsort((row, is_judged, day.values[row], group))
    row, own, group, days = row[order], own[order], group[order], day.values[row][order]

    allowed = _known(lines.get_column("allowed_cents")).take(row)
    known = allowed.known & (applies.values[row] == 1)
    cents, unknown = _before(np.where(known, allowed.values, 0)), _before((~known).astype(np.int64))
    here = np.arange(len(row))
    place = group * _DAYS + days
    begin = np.searchsorted(place, group * _DAYS, side="left")
    as_of = _known(claims.get_column("ytd_as_of")).take(own)
    stated = np.searchsorted(place, group * _DAYS + as_of.values, side="right")
    later = np.where(as_of.known, cents[here] - cents[np.minimum(stated, here)], 0)

    at_least = _known(claims.get_column("ytd_at_least_cents")).take(own)
    at_most = _known(claims.get_column("ytd_at_most_cents")).take(own)
    none_unknown = unknown[here] == unknown[begin]
    # Allowed dollars are never negative: an unknown lower bound is nothing, not unknown.
    least = Known(at_least.values + later, np.ones(len(row), np.bool_))
    most = Known(at_most.values + cents[here] - cents[begin], at_most.known & none_unknown)
    return pl.DataFrame(
        [
            counts,
            _spread("year_before_at_least_cents", least, row, lines.height),
            _spread("year_before_at_most_cents", most, row, lines.height),
        ]
    )


_COUNTS = (
    pl.any_horizontal(col.modifiers.list.contains(code) for code in _THERAPY)
    & pl.any_horizontal(col.modifiers.list.contains(code) for code in _NEVER_ALLOWED).not_()
)
"""Whether a line is allowed as therapy at all: a therapy modifier, and none that asks for a denial."""


def _group(claims: pl.DataFrame, own: Integers, *, is_ot: Flags) -> Integers:
    """A number for each patient, calendar year and disciplines that share a threshold, in no meaningful order."""
    year = _known(claims.get_column("date_of_service").dt.year()).take(own).values
    patient = _known(claims.get_column("patient_id")).take(own).values
    several = np.stack([patient, year, is_ot.astype(np.int64)])
    return np.unique(several, axis=1, return_inverse=True)[1].reshape(-1).astype(np.int64)


def _before(amounts: Integers) -> Integers:
    """The sum of the rows before each row, and of all rows at the end."""
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(amounts, dtype=np.int64)])


def _spread(name: str, found: Known, row: Integers, height: int) -> pl.Series:
    """The values at their rows of the table, null elsewhere."""
    values, known = np.zeros(height, np.int64), np.zeros(height, np.bool_)
    values[row], known[row] = found.values, found.known
    column = pl.Series(name, values)
    return column if known.all() else column.scatter(np.flatnonzero(~known), None)


stage = Stage(
    name="therapy-dollars",
    over="lines",
    needs=("line_id", "claim_id", "modifiers", "allowed_cents"),
    reads=tuple(
        ("claims", name)
        for name in (
            "patient_id",
            "date_of_service",
            "is_history",
            "payer_therapy_threshold_applies",
            "discipline",
            "ytd_at_least_cents",
            "ytd_at_most_cents",
            "ytd_as_of",
        )
    ),
    adds=(
        Column("counts_towards_threshold", FLAG, "flag", "billed as therapy, and not for a denial"),
        Column(
            "year_before_at_least_cents",
            CENTS,
            "cents",
            "allowed therapy dollars of the year before this line, at least",
        ),
        Column("year_before_at_most_cents", CENTS, "cents", "the same, at most"),
    ),
    compute=_dollars,
    lacks="allowed therapy dollars of the year so far, with the day they were read",
)
