"""Treatment days of the episode up to a visit, from what its record counts and the other visits at hand.

A visit's own count (`treatment_days_since_report`) knows the days before the visits at hand. The days of the
visits at hand come on top: each date once, from the first treatment under the plan, and since the last visit
that holds a progress report. Where it is unknown whether a visit holds one, the count is an interval.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import polars as pl

from cleanclaim.facts.keys import joined, key_in
from cleanclaim.facts.kit import Context, Fact, Stage
from cleanclaim.lines.columns import col
from cleanclaim.lines.schema import COUNT, FLAG, Column
from cleanclaim.pricing.distinct import distinct
from cleanclaim.pricing.exact import Flags, Integers, Known, Tristate, as_column, as_flags, flags, integers

_KEY = ("patient_id", "discipline")
_LACKS = "treatment days since the last progress report"


def _single(claims: pl.DataFrame) -> pl.DataFrame:
    """A visit beside which no other is at hand."""
    stated = claims.item(0, "treatment_days_since_report")
    reported = claims.item(0, "has_progress_report")
    is_placed = all(claims.item(0, name) is not None for name in (*_KEY, "date_of_service"))
    least = 1 if stated is None else stated
    row = (least, stated, reported, least) if is_placed else (None, None, reported, None)
    return pl.DataFrame([row], schema={column.name: column.dtype for column in stage.adds}, orient="row")


def _count(frames: Mapping[str, pl.DataFrame], context: Context) -> pl.DataFrame:  # noqa: ARG001
    if frames["claims"].height == 1:
        return _single(frames["claims"])
    claims = frames["claims"]
    group = key_in(frames, "claims", _KEY)
    day = integers(claims.get_column("date_of_service"))
    known = group.known & day.known
    reported = flags(claims.get_column("has_progress_report"))
    stated = integers(claims.get_column("treatment_days_since_report"))
    days = _Days.of(group.values[known], day.values[known], Tristate(reported.yes[known], reported.no[known]))
    earlier = _Earlier.of(days, known, integers(claims.get_column("plan_first_treatment_on")))
    stated_or_one = np.where(stated.known, stated.values, 1)
    certain_report, possible_report = earlier.certain_report >= 0, earlier.possible_report >= 0
    at_least = np.where(
        earlier.alone,
        stated_or_one,
        earlier.surely + np.where(possible_report | ~earlier.begin_known, 1, stated_or_one),
    )
    at_most = np.where(earlier.alone, stated.values, earlier.perhaps + np.where(certain_report, 1, stated.values))
    most_known = known & (stated.known | (certain_report & ~earlier.alone))
    own = days.reported(known)
    return pl.DataFrame(
        [
            as_column("treatment_days_at_least", at_least, known),
            as_column("treatment_days_at_most", np.where(most_known, at_most, 0), most_known),
            as_flags(np.where(known, own.yes, reported.yes), np.where(known, own.no, reported.no)).alias(
                "day_has_progress_report"
            ),
            as_column("episode_visits_at_least", np.maximum(at_least, earlier.in_episode + 1), known),
        ]
    )


class _Days(NamedTuple):
    """The treatment days of each patient and discipline, each once, in order."""

    group: Integers
    day: Integers
    has_report: Tristate
    """Whether a visit of the day holds a progress report."""
    of_row: Integers
    """The day of each row that has one."""

    @classmethod
    def of(cls, group: Integers, day: Integers, report: Tristate) -> _Days:
        """Gather the days of rows of known group and day."""
        met = joined(Known(group, report.yes), Known(day - int(day.min(initial=0)), report.yes)).values
        _, first, of_row = distinct(met)
        yes = np.bincount(of_row, report.yes, len(first)) > 0
        no = np.bincount(of_row, ~report.no, len(first)) == 0
        return cls(group[first], day[first], Tristate(yes, no), of_row)

    def reported(self, known: Flags) -> Tristate:
        """Whether a visit of a row's day holds a report, for all rows; neither where the row has no day."""
        yes, no = np.zeros(len(known), np.bool_), np.zeros(len(known), np.bool_)
        yes[known], no[known] = self.has_report.yes[self.of_row], self.has_report.no[self.of_row]
        return Tristate(yes, no)


class _Earlier(NamedTuple):
    """By row: the days before its own. Places among the days are −1 for none."""

    alone: Flags
    begin_known: Flags
    certain_report: Integers
    """The last day that surely holds a report, on or after the first treatment under the plan."""
    possible_report: Integers
    """The last day that may hold one, and may be under the plan."""
    surely: Integers
    perhaps: Integers
    in_episode: Integers

    @classmethod
    def of(cls, days: _Days, known: Flags, begun: Known) -> _Earlier:
        """Count the days before each row's own day."""
        height = len(days.day)
        place = np.zeros(len(known), np.int64)
        place[known] = days.of_row
        # The first day of each group, and of it the first on or after the row's first treatment under the plan.
        starts = np.searchsorted(days.group, days.group)
        own_start = starts[place] if height else place
        offset = int(days.day.min(initial=0))
        size = int(days.day.max(initial=0)) - offset + 2
        line = days.group * size + (days.day - offset)
        wanted = np.clip(begun.values - offset, 0, size - 1)
        groups = days.group[place] if height else place
        begin = np.where(begun.known, np.searchsorted(line, groups * size + wanted), own_start)
        begin = np.minimum(begin, place)
        before_yes = _last_before(days.has_report.yes, place)
        before_maybe = _last_before(~days.has_report.no, place)
        certain = np.where(begun.known & (before_yes >= begin), before_yes, -1)
        possible = np.where(before_maybe >= begin, before_maybe, -1)
        in_episode = np.where(begun.known & known, place - begin, 0)
        surely = np.where(begun.known & known, place - np.maximum(begin, possible + 1), 0)
        perhaps = np.where(known, place - np.maximum(begin, certain + 1), 0)
        alone = ~known | (place == own_start)
        return cls(alone, begun.known, certain, possible, surely, perhaps, in_episode)


def _last_before(true: Flags, place: Integers) -> Integers:
    """By place: the last place before it where it is true; −1 for none."""
    last = np.maximum.accumulate(np.where(true, np.arange(len(true)), -1)) if len(true) else np.zeros(0, np.int64)
    return np.concatenate([np.full(1, -1), last])[place]


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
