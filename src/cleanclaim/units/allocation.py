"""Minutes to units, for one visit or ten million lines: the 8-minute rule and the midpoint rule over one table.

8-minute rule (Pub 100-04 ch. 5 §20.2.C): the one-on-one minutes of every 15-minute code of the day are pooled and
support a number of units. Each code takes its whole 15-minute units; what is left goes one unit each to the codes
with the most remaining minutes. A tie is the therapist's to break (`preference`); where no choice is stored, the
order of the services breaks it and `tie_open` says so. A code with under 8 minutes can ride on the pool and take
a unit; a code with 8 or more can be left without one.

Midpoint rule (CPT's time rule): each code alone, a further unit once more than half of it has passed.

Untimed codes are one unit each, whatever their minutes, and group minutes never enter the pool. A null is unknown:
one timed service of unknown minutes leaves every pooled count of its day unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import polars as pl

from cleanclaim.units.own_basis import first_block_units, further_block_units
from cleanclaim.units.service_table import Column, Flags, Integers, checked, columns, series
from cleanclaim.units.unit_rules import UnitRules, current_rules

_Scalar = TypeVar("_Scalar", bound=np.generic)

_NEEDS = {"day_id": pl.Int64, "code": pl.String, "minutes": pl.Int64, "is_timed": pl.Boolean}
_OPTIONAL = {"preference": pl.Int64, "order": pl.Int64, "first_minutes": pl.Int64, "each_minutes": pl.Int64}
_AT_LEAST = {"minutes": 0, "first_minutes": 1, "each_minutes": 1}
_COUNTED = ("day_id", "minutes", "is_timed", *_OPTIONAL)
_NO_PREFERENCE = np.iinfo(np.int64).max
"""A service without a stored choice comes after every one that has it."""


def allocate(services: pl.DataFrame, rules: UnitRules | None = None) -> pl.DataFrame:
    """Add to each service of a day the units it takes under both methods.

    Args:
        services: one row per `day_id` (Int64) and `code` (String), with `minutes` (Int64, one-on-one, null unknown)
            and `is_timed` (Boolean, a 15-minute code, null unknown). Optional: `preference` (Int64, the therapist's
            stored choice in a tie, lower first), `order` (Int64, breaks the ties that remain; else the row's place),
            `first_minutes` and `each_minutes` (Int64): the blocks of a code with a time basis of its own, which is
            not a 15-minute code and so never pooled. The first block only: one unit. Each only: a unit per block.
            Both: one unit, and further blocks on its add-on code.
        rules: the numbers to count by; the published ones when absent.

    Returns:
        The same rows in the same order, with
        `units_eight_minute` and `units_midpoint` (Int64, null unknown);
        `units_eight_minute_least` and `_most` (Int64): the fewest and most units any choice in a tie gives the code;
        `add_on_units` (Int64): units of its add-on code that a code with its own basis holds, else 0;
        `tie_open` (Boolean): a unit was contested here and the order of services, not a preference, decided;
        `rides_on_pool` (Boolean): took a unit with fewer than 8 minutes of its own remaining;
        `not_billed_pooled` (Boolean): has at least 8 minutes, and took no unit;
        `thin` (Boolean): took a second or later unit that only the minutes of codes billed no unit hold up, as in
        22 minutes of one code and 1 of another. A person should look before it is billed.

    Raises:
        ServiceTableError: a column is absent or of another type, a key is null or repeated, minutes are negative.
    """
    rules = rules or current_rules()
    frame = checked(services, needs=_NEEDS, optional=_OPTIONAL, at_least=_AT_LEAST)
    table = columns(frame, _COUNTED)
    minutes, minutes_known = table["minutes"]
    timed, timed_known = table["is_timed"]
    first, has_first = table["first_minutes"]
    each, has_each = table["each_minutes"]
    own_basis = ~timed & timed_known & (has_first | has_each)
    pool = _pool(table, rules)
    grant = _grant(pool, rules)

    unknown = np.where(timed, grant.day_unknown, ~timed_known | (own_basis & ~minutes_known))
    further = further_block_units(minutes, first, np.where(has_each, each, 1))
    alone = np.where(own_basis, np.where(has_first, first_block_units(minutes, first), further), 1)
    midpoint = (minutes + (rules.minutes_per_unit - rules.least_midpoint_minutes)) // rules.minutes_per_unit
    midpoint_unknown = ~timed_known | ((timed | own_basis) & ~minutes_known)
    add_on = np.where(own_basis & has_first & has_each, further, 0)

    whole = pool.minutes // rules.minutes_per_unit
    remainder = pool.minutes % rules.minutes_per_unit
    rides = grant.extra & (remainder < rules.least_pooled_minutes)
    unbilled = ~grant.extra & (whole == 0) & (minutes >= rules.least_pooled_minutes)
    return services.hstack(
        [
            series("units_eight_minute", np.where(timed, whole + grant.extra, alone), unknown),
            series("units_eight_minute_least", np.where(timed, whole + grant.surely, alone), unknown),
            series("units_eight_minute_most", np.where(timed, whole + grant.possibly, alone), unknown),
            series("units_midpoint", np.where(timed, midpoint, alone), midpoint_unknown),
            series("add_on_units", add_on, own_basis & ~minutes_known),
            series("tie_open", timed & grant.tied, unknown),
            series("rides_on_pool", timed & rides, unknown),
            series("not_billed_pooled", timed & unbilled, unknown),
            series("thin", timed & rides & (whole > 0) & grant.day_leans_on_unbilled, unknown),
        ]
    )


def day_totals(services: pl.DataFrame, rules: UnitRules | None = None) -> pl.DataFrame:
    """Total each day's timed minutes and the units they support under both methods.

    Args:
        services: as for `allocate`.
        rules: as for `allocate`.

    Returns:
        One row per `day_id`, in order of first appearance: `total_timed_minutes`, `supported_units_eight_minute`,
        `supported_units_midpoint` (Int64, null when the minutes of any timed service, or whether a service with
        minutes is timed, are unknown), and the least they can be from what is known: `timed_minutes_at_least`,
        `units_eight_minute_at_least`, `units_midpoint_at_least`.

    Raises:
        ServiceTableError: as for `allocate`.
    """
    rules = rules or current_rules()
    frame = checked(services, needs=_NEEDS, optional=_OPTIONAL, at_least=_AT_LEAST)
    pool = _pool(columns(frame, _COUNTED), rules)
    midpoint = (pool.minutes + (rules.minutes_per_unit - rules.least_midpoint_minutes)) // rules.minutes_per_unit
    minutes, units = pool.per_day(pool.minutes), pool.per_day(midpoint)
    supported = _supported(minutes, rules)
    first_row = pool.rows[pool.begins]
    unknown = pool.day_unknown
    return pl.DataFrame(
        [
            frame["day_id"].gather(first_row),
            series("total_timed_minutes", minutes, unknown),
            series("supported_units_eight_minute", supported, unknown),
            series("supported_units_midpoint", units, unknown),
            pl.Series("timed_minutes_at_least", minutes),
            pl.Series("units_eight_minute_at_least", supported),
            pl.Series("units_midpoint_at_least", units),
        ]
    )[np.argsort(first_row)]


def units_by_method(method: pl.Expr) -> pl.Expr:
    """Pick each row's units by its payer's method; a method that is unknown gives units only where both agree.

    Args:
        method: `"eight_minute"` or `"midpoint"`; null or any other word is a method that is unknown or not modeled.
    """
    eight, midpoint = pl.col("units_eight_minute"), pl.col("units_midpoint")
    return (
        pl.when(method == "eight_minute")
        .then(eight)
        .when(method == "midpoint")
        .then(midpoint)
        .when(eight == midpoint)
        .then(eight)
    )


@dataclass(frozen=True, slots=True)
class _Pool:
    """The days of a table: what each service brings to its day, and its rows by claim to the units left over."""

    minutes: Integers
    """By row: minutes brought to the pool, zero outside it and where unknown."""
    rows: Integers
    """Row numbers, day by day; within a day by most remaining minutes, then preference, order and row."""
    preference: Integers
    """By row."""
    begins: Integers
    """By day: its first place in `rows`."""
    ends: Integers
    """By day: one past its last place in `rows`."""
    day_unknown: Flags
    """By day: some timed service, or what may be one, has unknown minutes."""

    def per_day(self, values: Integers) -> Integers:
        """Add up a row's values over each day."""
        return np.add.reduceat(values[self.rows], self.begins) if len(self.begins) else values[:0]

    def per_row(self, values: npt.NDArray[_Scalar]) -> npt.NDArray[_Scalar]:
        """Lay each day's value on its rows."""
        spread = np.empty(len(self.rows), values.dtype)
        spread[self.rows] = np.repeat(values, self.ends - self.begins)
        return spread


@dataclass(frozen=True, slots=True)
class _Grant:
    """By row: who takes the units that are left when whole units are taken."""

    extra: Flags
    """Takes one."""
    surely: Flags
    """Takes one whichever way a tie is broken."""
    possibly: Flags
    """Takes one if a tie is broken its way."""
    tied: Flags
    """Stands at a tie that no preference broke."""
    day_unknown: Flags
    day_leans_on_unbilled: Flags
    """The day's units need the minutes of codes that take no unit."""


def _pool(table: Mapping[str, Column], rules: UnitRules) -> _Pool:
    """Sort the services by day and by claim.

    A service of zero minutes brings nothing, timed or not, so it leaves its day known.
    """
    day = table["day_id"].values
    minutes, minutes_known = table["minutes"]
    timed, timed_known = table["is_timed"]
    pooled_minutes = np.where(timed, minutes, 0)
    may_be_timed = timed | ~timed_known
    may_bring_unknown = may_be_timed & ~(minutes_known & (timed_known | (minutes == 0)))

    preference = np.where(table["preference"].known, table["preference"].values, _NO_PREFERENCE)
    order, ordered = table["order"]
    claims = [-(pooled_minutes % rules.minutes_per_unit), day]
    if table["preference"].known.any():
        claims.insert(0, preference)
    if ordered.any():
        claims.insert(0, np.where(ordered, order, np.arange(len(day))))
    rows = np.lexsort(claims)
    if not len(day):
        return _Pool(pooled_minutes, rows, preference, rows, rows, may_bring_unknown)
    sorted_day = day[rows]
    begins = np.flatnonzero(np.concatenate(([True], sorted_day[1:] != sorted_day[:-1])))
    return _Pool(
        minutes=pooled_minutes,
        rows=rows,
        preference=preference,
        begins=begins,
        ends=np.append(begins[1:], len(rows)),
        day_unknown=np.logical_or.reduceat(may_bring_unknown[rows], begins),
    )


def _supported(minutes: Integers, rules: UnitRules) -> Integers:
    return (minutes + (rules.minutes_per_unit - rules.least_pooled_minutes)) // rules.minutes_per_unit


def _grant(pool: _Pool, rules: UnitRules) -> _Grant:
    """Cut each day's sorted services where the units that are left run out.

    There are never more units left than codes with a remainder, so the cut falls within the day or at its end.
    """
    remainder = pool.minutes % rules.minutes_per_unit
    whole = pool.minutes // rules.minutes_per_unit
    total = pool.per_day(pool.minutes)
    supported = _supported(total, rules)
    left = supported - pool.per_day(whole)
    cut = pool.begins + left
    some_left, falls_within = left > 0, cut < pool.ends
    last = pool.rows[np.maximum(cut - 1, 0)]
    following = pool.rows[np.minimum(cut, len(pool.rows) - 1)]
    granted_from = np.where(some_left, remainder[last], rules.minutes_per_unit)
    sure_above = np.where(falls_within, remainder[following], -1)
    contested = (
        some_left
        & falls_within
        & (remainder[last] == remainder[following])
        & (pool.preference[last] == pool.preference[following])
    )
    place = np.empty(len(pool.rows), np.int64)
    place[pool.rows] = np.arange(len(pool.rows))
    extra = place < pool.per_row(cut)
    billed_minutes = total - pool.per_day(np.where(extra | (whole > 0), 0, pool.minutes))
    return _Grant(
        extra=extra,
        surely=remainder > pool.per_row(sure_above),
        possibly=remainder >= pool.per_row(granted_from),
        tied=pool.per_row(contested)
        & (remainder == pool.per_row(granted_from))
        & (pool.preference == pool.per_row(pool.preference[last])),
        day_unknown=pool.per_row(pool.day_unknown),
        day_leans_on_unbilled=pool.per_row(_supported(billed_minutes, rules) < supported),
    )
