"""A patient's treatment days in the week and in the year of a visit, as far as at hand.

Weeks begin on Sunday for some and on Monday for others: of both ways the one with fewer days counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import polars as pl

from cleanclaim.facts.frames import numbers_of
from cleanclaim.facts.keys import joined
from cleanclaim.facts.kit import Context, Stage
from cleanclaim.lines.schema import COUNT, FLAG, Column
from cleanclaim.pricing.distinct import distinct
from cleanclaim.pricing.exact import Flags, Integers, Known, as_column, as_flags, flags, integers, is_one_of
from cleanclaim.pricing.kinds import numbers

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
_WEEK = 7
_SHIFTS = (3, 4)
"""Days from a Monday, and from a Sunday, to the first of January 1970, from which days are counted: a Thursday."""


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
    patient = numbers(claims.get_column("patient_id"))
    discipline = claims.get_column("discipline")
    case = joined(patient, numbers_of(frames, "claims", "discipline"))
    # Physical therapy and speech-language pathology share a threshold, occupational therapy has its own.
    shared = Known(is_one_of(discipline, ("OT",)).astype(np.int64), case.known)
    day = integers(claims.get_column("date_of_service"))
    placed = case.known & day.known
    month = day.values.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    year, quarter = month // 12 + 1970, month % 12 // 3 + 1
    yearly = joined(joined(patient, shared), Known(year, day.known))
    in_year = _Days.of(yearly.values, day.values, placed)
    in_case = _Days.of(case.values, day.values, placed)
    opens = in_year.opens(quarter)
    loose = np.bincount(patient.values[~placed], minlength=int(patient.values.max(initial=0)) + 1) > 0
    together = ~loose[patient.values] & flags(claims.get_column("knows_history")).yes
    before_year = claims.get_column("visits_before_this_year").fill_null(-1).to_numpy()
    whole = together & (before_year == 0)
    first = in_year.is_first()
    later = ~first | (before_year > 0)
    not_closing = (quarter != _LAST_QUARTER) | ~opens
    all_four = in_year.quarters(opens) == _LAST_QUARTER
    before_week = integers(claims.get_column("visits_before_this_week"))
    week = np.minimum(*(in_case.since(day.values - (day.values + shift) % _WEEK) for shift in _SHIFTS))
    return pl.DataFrame(
        [
            as_column("week_days_at_least", week + np.where(before_week.known, before_week.values, 0), placed),
            as_flags(placed & ~later & whole, placed & later).alias("is_first_day_of_year"),
            as_flags(placed & ~not_closing & all_four, placed & (not_closing | (~all_four & whole))).alias(
                "completes_the_year"
            ),
            as_column("week_days_at_most", week + before_week.values, placed & together & before_week.known),
        ]
    )


class _Days(NamedTuple):
    """The days of each key, each once, in order; of rows without one, nothing is told."""

    key: Integers
    day: Integers
    placed: Flags
    row: Integers
    """Rows of the claims, one for each day."""
    of_row: Integers
    """The day of each row, 0 where it has none."""

    @classmethod
    def of(cls, key: Integers, day: Integers, placed: Flags) -> _Days:
        least = int(day[placed].min(initial=0))
        met = joined(Known(key, placed), Known(np.where(placed, day - least, 0), placed)).values
        _, first, own = distinct(met[placed])
        of_row = np.zeros(len(key), np.int64)
        of_row[placed] = own
        row = np.flatnonzero(placed)[first]
        return cls(key[row], day[row], placed, row, of_row)

    def _told(self, by_day: Flags) -> Flags:
        return by_day[self.of_row] if len(by_day) else np.zeros(len(self.placed), np.bool_)

    def is_first(self) -> Flags:
        """Whether a row's day is the first of its key."""
        begins = np.ones(len(self.key), np.bool_)
        begins[1:] = np.diff(self.key) != 0
        return self._told(begins)

    def opens(self, quarter: Integers) -> Flags:
        """Whether a row's day is the first of its quarter."""
        own = quarter[self.row]
        begins = np.ones(len(self.key), np.bool_)
        begins[1:] = (np.diff(self.key) != 0) | (np.diff(own) != 0)
        return self._told(begins)

    def quarters(self, opens: Flags) -> Integers:
        """How many quarters the key of a row has days in."""
        if not len(self.key):
            return np.zeros(len(self.placed), np.int64)
        begins = np.concatenate([np.ones(1, np.bool_), np.diff(self.key) != 0])
        number = np.cumsum(begins) - 1
        counted: Integers = np.bincount(number, opens[self.row]).astype(np.int64)
        by_row: Integers = counted[number][self.of_row]
        return by_row

    def since(self, begin: Integers) -> Integers:
        """How many days of a row's key lie from `begin` through the row's own day."""
        if not len(self.key):
            return np.zeros(len(self.placed), np.int64)
        least, most = int(self.day.min()) - _WEEK, int(self.day.max())
        size = most - least + 1
        number = np.cumsum(np.concatenate([np.zeros(1, np.int64), np.diff(self.key) != 0]))
        line = number * size + (self.day - least)
        wanted = number[self.of_row] * size + np.clip(begin - least, 0, size - 1)
        since: Integers = self.of_row - np.searchsorted(line, wanted) + 1
        return since


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
