"""How much of each line goes to the yearly deductible of Medicare Part B, at least and at most."""

from __future__ import annotations

import numpy as np
import polars as pl

from cleanclaim.pricing.distinct import distinct
from cleanclaim.pricing.exact import Flags, Integers, Known, integers, years
from cleanclaim.pricing.schedule import Schedule
from cleanclaim.pricing.shares import Payable

_DAYS = 1 << 23
"""More than the days of any calendar, before and after 1970."""
_YEARS = 1 << 20
"""More than their years."""


def deductible_of(
    claims: pl.DataFrame, owner: Integers, payable: Payable, schedule: Schedule
) -> tuple[Integers, Integers]:
    """How much of each payable amount goes to the yearly deductible: at least, and at most.

    Lines of Part B take from it; those that only may be of Part B leave open how much is left after them.

    What was met by a day before the date of service may have grown since, through other providers, so it says
    only how much can be left at most; stated for the date itself or later, it says how much is left. Of that, our
    own lines since then have taken theirs first.

    Args:
        claims: columns `patient_id`, `date_of_service`, `deductible_met_cents` and `ytd_as_of`.
        owner: row of `claims` of each line.
        payable: of each line.
        schedule: where the yearly deductible stands.
    """
    days = integers(claims["date_of_service"])
    yearly = schedule.steps["deductible"].on(days)
    met, as_of = integers(claims["deductible_met_cents"]), integers(claims["ytd_as_of"])
    stated = met.known & as_of.known & days.known & (years(as_of.values) == years(days.values))
    current = stated & (as_of.values >= days.values)
    open_at_most = yearly.values - np.where(stated, met.values, 0)
    since = np.where(stated, np.minimum(as_of.values, days.values - 1), -(2**40))
    cents, part_b = payable.cents, payable.part_b
    rows = np.flatnonzero(payable.may_be_part_b & days.known[owner])
    taking = Known(np.where(part_b, cents.values, 0)[rows], (cents.known & part_b)[rows])
    taken, doubtful = np.zeros(len(owner), np.int64), np.zeros(len(owner), np.bool_)
    taken[rows], doubtful[rows] = _taken_since(integers(claims["patient_id"]), days, owner[rows], taking, since)
    left = np.maximum(open_at_most[owner] - taken, 0)
    at_most = np.where(yearly.known[owner], np.minimum(left, cents.values), cents.values)
    exact = (current & yearly.known)[owner] & ~doubtful
    at_least = np.where(exact, at_most, 0)
    return np.where(part_b, at_least, 0), np.where(part_b, at_most, 0)


def _taken_since(
    patient: Known, days: Known, owner: Integers, taking: Known, since: Integers
) -> tuple[Integers, Flags]:
    """What a patient's earlier lines of the year take that came after a day given by claim, and any doubt of it."""
    taken, doubtful = np.zeros(len(owner), np.int64), np.zeros(len(owner), np.bool_)
    if not len(owner):
        return taken, doubtful
    year = years(days.values)
    alone = -1 - np.arange(len(year))
    person = np.where(patient.known, patient.values, alone)
    group = distinct(person * _YEARS + year).of_row
    packed, opens = _sortable(group, days.values), _sortable(group, since + 1)
    key = packed[owner]
    order = np.argsort(key, kind="stable")
    place = np.searchsorted(key[order], opens[owner[order]], side="left")
    for values, out in ((taking.values, taken), ((~taking.known).astype(np.int64), doubtful)):
        running = np.concatenate([[0], np.cumsum(values[order])])
        out[order] = running[:-1] - running[place]
    return taken, doubtful


def _sortable(group: Integers, day: Integers) -> Integers:
    """One number for a group and a day, which sorts by both; days before any calendar sort first."""
    return group.reshape(-1).astype(np.int64) * _DAYS + np.clip(day + _DAYS // 2, 0, _DAYS - 1)
