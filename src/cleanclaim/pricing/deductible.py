"""How much of each line goes to the yearly deductible of Medicare Part B, at least and at most."""

from __future__ import annotations

import numpy as np

from cleanclaim.pricing.distinct import distinct
from cleanclaim.pricing.exact import Flags, Integers, Known, integers, years
from cleanclaim.pricing.worksheet import Worksheet

_DAYS = 1 << 23
"""More than the days of any calendar, before and after 1970."""
_YEARS = 1 << 20
"""More than their years."""


def deductible_of(work: Worksheet, payable: Known, part_b: Flags, may_be: Flags) -> tuple[Integers, Integers]:
    """How much of each payable amount goes to the yearly deductible: at least, and at most.

    Lines of `part_b` take from it; those that only `may_be` of Part B leave open how much is left after them.

    What was met by a day before the date of service may have grown since, through other providers, so it says
    only how much can be left at most; stated for the date itself or later, it says how much is left. Of that, our
    own lines since then have taken theirs first.
    """
    yearly = work.schedule.steps["deductible"].on(work.days)
    met, as_of = integers(work.claims["deductible_met_cents"]), integers(work.claims["ytd_as_of"])
    stated = met.known & as_of.known & work.days.known & (years(as_of.values) == years(work.days.values))
    current = stated & (as_of.values >= work.days.values)
    open_at_most = yearly.values - np.where(stated, met.values, 0)
    since = np.where(stated, np.minimum(as_of.values, work.days.values - 1), -(2**40))
    taking = Known(np.where(part_b, payable.values, 0), payable.known & part_b)
    taken, doubtful = _taken_since(work, taking, may_be, since)
    left = np.maximum(open_at_most[work.claim] - taken, 0)
    at_most = np.where(yearly.known[work.claim], np.minimum(left, payable.values), payable.values)
    exact = (current & yearly.known)[work.claim] & ~doubtful
    at_least = np.where(exact, at_most, 0)
    return np.where(part_b, at_least, 0), np.where(part_b, at_most, 0)


def _taken_since(work: Worksheet, taking: Known, counts: Flags, since: Integers) -> tuple[Integers, Flags]:
    """What a patient's earlier lines of the year take that came after a day given by claim, and any doubt of it."""
    rows = np.flatnonzero(counts & work.days.known[work.claim])
    taken, doubtful = np.zeros(len(counts), np.int64), np.zeros(len(counts), np.bool_)
    if not len(rows):
        return taken, doubtful
    year = years(work.days.values)
    patient = integers(work.claims["patient_id"])
    alone = -1 - np.arange(len(year))
    person = np.where(patient.known, patient.values, alone)
    group = distinct(person * _YEARS + year).of_row
    packed, opens = _sortable(group, work.days.values), _sortable(group, since + 1)
    key = packed[work.claim[rows]]
    order = np.argsort(key, kind="stable")
    sorted_rows = rows[order]
    place = np.searchsorted(key[order], opens[work.claim[sorted_rows]], side="left")
    for values, out in ((taking.values, taken), ((~taking.known).astype(np.int64), doubtful)):
        running = np.concatenate([[0], np.cumsum(values[sorted_rows])])
        out[sorted_rows] = running[:-1] - running[place]
    return taken, doubtful


def _sortable(group: Integers, day: Integers) -> Integers:
    """One number for a group and a day, which sorts by both; days before any calendar sort first."""
    return group.reshape(-1).astype(np.int64) * _DAYS + np.clip(day + _DAYS // 2, 0, _DAYS - 1)
