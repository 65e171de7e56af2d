"""One therapist's day: whether the minutes that several visits claim fit between the times of day they state.

Minutes are those a therapist spent one-on-one; an assistant's are another person's. Visits of one therapist whose
times overlap share the clock: between the start of one and the end of another, the visits that lie wholly between
may not hold more one-on-one minutes than the clock shows.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from cleanclaim.facts.keys import joined, key_of
from cleanclaim.facts.kit import Context, Fact, Reach, Stage
from cleanclaim.lines.columns import col
from cleanclaim.lines.schema import COUNT, FLAG, Column
from cleanclaim.pricing.distinct import distinct
from cleanclaim.pricing.exact import Flags, Integers, Known, as_column, as_flags, flags, integers
from cleanclaim.pricing.kinds import numbers

THERAPISTS = ("PT", "OT", "SLP", "together")
"""Who furnished a service, where it took the therapist's own time."""

_LONG = 1 << 20
"""More minutes than any day, so that days of several therapists lie apart on one line."""

_COLUMNS = (
    Column("therapist_saw_others", FLAG, "flag", "visits of other patients to this therapist that day are at hand"),
    Column("therapist_day_minutes", COUNT, "minutes", "the therapist's one-on-one minutes of the day, visits at hand"),
    Column("clock_minutes", COUNT, "minutes", "from start to end of visits that overlap by the clock; 0 for none"),
    Column("clock_minutes_claimed", COUNT, "minutes", "one-on-one minutes claimed for that time; 0 for none"),
    Column("claims_more_than_clock", FLAG, "flag", "more one-on-one minutes are claimed than the clock shows"),
    Column("visit_stands_apart", FLAG, "flag", "by the clock, no other visit of the therapist runs at the same time"),
)
_NEEDS = (
    "claim_id",
    "patient_id",
    "date_of_service",
    "rendering_npi",
    "visit_starts_at",
    "visit_minutes",
    "knows_services",
)


THERAPIST_KNOWN = (
    pl.col("rendering_npi").is_not_null() & (pl.col("rendering_npi") != "") & pl.col("date_of_service").is_not_null()
).eq_missing(pl.lit(value=True))
"""Whether therapist and day of a claim are known, never null; over `claims`."""


def therapist_settled(context: Context) -> pl.Expr:
    """Whether, besides, no other claim could be of the same therapist and day for want of either; over `claims`."""
    day = pl.col("date_of_service")
    settled = THERAPIST_KNOWN & THERAPIST_KNOWN.all().over("date_of_service") & day.is_not_null().all()
    if not context.days_without_therapist:
        return settled
    return settled & day.is_in(sorted(context.days_without_therapist)).fill_null(value=False).not_()


def _days(claims: pl.DataFrame, context: Context) -> tuple[Integers, Flags, Flags, Flags]:
    """For each claim a number of its therapist's day, whether it is known, settled, and whether other patients came."""
    told = claims.select(THERAPIST_KNOWN.alias("known"), therapist_settled(context).alias("settled"))
    known, settled = (told.get_column(name).to_numpy() for name in ("known", "settled"))
    day = key_of([claims.get_column("rendering_npi"), claims.get_column("date_of_service")])
    group = distinct(np.where(known, day.values + 1, 0)).of_row
    seen = joined(Known(group, known), numbers(claims.get_column("patient_id")))
    one_of_each = distinct(seen.values).first
    several = np.bincount(group[one_of_each], minlength=int(group.max(initial=0)) + 1) > 1
    return group, known, settled, several[group]


def _fit(frames: Mapping[str, pl.DataFrame], context: Context) -> pl.DataFrame:
    claims = frames["claims"]
    if claims.get_column("patient_id").n_unique() <= 1:
        return _one_patient(claims, therapist_minutes(frames))
    group, known, settled, others = _days(claims, context)
    minutes, told = integers(therapist_minutes(frames))
    start, begins = integers(claims.get_column("visit_starts_at"))
    length, lasts = integers(claims.get_column("visit_minutes"))
    timed = known & told & begins & lasts
    days = int(group.max()) + 1
    summed = np.zeros(days, np.int64)
    np.add.at(summed, group, minutes)
    untold = _met(group, ~told, days)
    clock, claimed, over = _overbooked(group, start, length, minutes, timed)
    windows = known & begins & lasts
    apart = windows.copy()
    for part in clusters(group, start, start + length, np.flatnonzero(windows)):
        apart[part] = False
    unplaced = _met(group, ~windows, days)
    whole_day = settled & ~untold[group]
    unsure = _met(group, ~timed, days)
    stands_alone = settled & ~unplaced[group]
    # A visit that no other runs beside fits, whatever the minutes of the others.
    fits = (settled & ~unsure[group]) | (stands_alone & apart)
    sees_known = settled | (known & others)
    return pl.DataFrame(
        [
            _flags("therapist_saw_others", others, sees_known),
            as_column("therapist_day_minutes", summed[group], whole_day),
            as_column("clock_minutes", clock, over | fits),
            as_column("clock_minutes_claimed", claimed, over | fits),
            _flags("claims_more_than_clock", over, over | fits),
            _flags("visit_stands_apart", apart, stands_alone),
        ]
    )


def _met(group: Integers, flagged: Flags, count: int) -> Flags:
    """The groups, of so many, that have a claim which is flagged."""
    found = np.zeros(count, np.bool_)
    found[group[flagged]] = True
    return found


def _one_patient(claims: pl.DataFrame, minutes: pl.Series) -> pl.DataFrame:
    """Without another patient there is nothing to overlap with."""
    values = {
        "therapist_saw_others": False,
        "clock_minutes": 0,
        "clock_minutes_claimed": 0,
        "claims_more_than_clock": False,
        "visit_stands_apart": True,
    }
    same = [pl.Series(name, [value] * claims.height) for name, value in values.items()]
    return pl.DataFrame([*same, minutes.alias("therapist_day_minutes")])


def therapist_minutes(frames: Mapping[str, pl.DataFrame]) -> pl.Series:
    """Minutes of each visit that took the therapist's own time with this patient alone; unknown if any part is."""
    claims, services = frames["claims"], frames["services"]
    owner = services.get_column("claim_id").to_numpy()
    takes = flags(services.get_column("takes_the_therapist"))
    minutes, told = integers(services.get_column("service_minutes"))
    summed = np.zeros(claims.height, np.int64)
    np.add.at(summed, owner, np.where(takes.yes, minutes, 0))
    known = flags(claims.get_column("knows_services")).yes.copy()
    known[owner[~(takes.yes | takes.no) | (takes.yes & ~told)]] = False
    return as_column("therapist_minutes", summed, known)


def _flags(name: str, values: Flags, known: Flags) -> pl.Series:
    return as_flags(values & known, ~values & known).alias(name)


def clusters(group: Integers, start: Integers, end: Integers, rows: Integers) -> list[Integers]:
    """Rows of one group that overlap in time, directly or through others; only clusters of several rows."""
    if len(rows) < 2:  # noqa: PLR2004 - one row overlaps nothing
        return []
    rows = rows[np.lexsort((start[rows], group[rows]))]
    begins, ends = group[rows] * _LONG + start[rows], group[rows] * _LONG + end[rows]
    reached = np.maximum.accumulate(ends)
    cuts = np.flatnonzero(begins[1:] >= reached[:-1]) + 1
    return [part for part in np.split(rows, cuts) if len(part) > 1]


def _tight(start: Integers, end: Integers, minutes: Integers) -> list[tuple[int, int]]:
    """The narrowest times in which visits claim more than there is, the shortest first.

    A wider time around such a one adds nothing but bystanders. For each start the earliest end counts, and only
    while no later start has an end as early.
    """
    by_end = np.argsort(end, kind="stable")
    found: list[tuple[int, int]] = []
    earliest = _LONG
    for first in np.unique(start)[::-1]:
        later = by_end[start[by_end] >= first]
        claimed_by = np.cumsum(minutes[later])
        too_many = np.flatnonzero(claimed_by > end[later] - first)
        if len(too_many) and end[later[too_many[0]]] < earliest:
            earliest = int(end[later[too_many[0]]])
            found.append((int(first), earliest))
    return sorted(found, key=lambda span: (span[1] - span[0], span))


def _overbooked(
    group: Integers, start: Integers, length: Integers, minutes: Integers, timed: Flags
) -> tuple[Integers, Integers, Flags]:
    """For each visit: the time by the clock, the minutes claimed for it, and whether those are more."""
    clock, claimed = np.zeros(len(group), np.int64), np.zeros(len(group), np.int64)
    over = np.zeros(len(group), np.bool_)
    end = start + length
    for part in clusters(group, start, end, np.flatnonzero(timed)):
        for first, last in _tight(start[part], end[part], minutes[part]):
            inside = part[(start[part] >= first) & (end[part] <= last)]
            new = inside[~over[inside]]
            over[new] = True
            clock[new], claimed[new] = last - first, minutes[inside].sum()
    return clock, claimed, over


stage = Stage(
    name="therapist-day",
    over="claims",
    needs=_NEEDS,
    reads=tuple(("services", name) for name in ("claim_id", "service_minutes", "takes_the_therapist")),
    adds=_COLUMNS,
    compute=_fit,
    lacks="therapist, start and length of each visit, and one-on-one minutes of each service",
    reach=Reach.THERAPIST,
)

facts = (
    Fact(
        name="takes_the_therapist",
        over="services",
        dtype=pl.Boolean,
        unit="flag",
        meaning="took the therapist's own time with this patient alone",
        lacks="who furnished the service, whether alone, and a listing of its code",
        expr=col.counts_one_on_one
        & col.day_code_one_on_one
        & pl.when(col.by.is_not_null()).then(col.by.is_in(list(THERAPISTS))),
    ),
)
