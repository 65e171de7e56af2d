"""Allowed therapy dollars of the year before each line: the dated statement, and the lines at hand on top.

Medicare counts the allowed dollars of a patient and calendar year over all providers, PT and SLP together and OT
apart. A claim states them as an interval of a day (`ytd_at_least_cents`, `ytd_at_most_cents`, `ytd_as_of`). Lines
at hand of later days come on top of both bounds; lines of earlier days may be among the stated dollars or not, so
they come on top of the upper bound only. Lines are taken by day, history first, then claim by claim.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from cleanclaim.facts.kit import Context, Stage
from cleanclaim.lines.schema import CENTS, FLAG, Column
from cleanclaim.pricing.distinct import distinct
from cleanclaim.pricing.exact import (
    Integers,
    Known,
    TextLists,
    absent,
    as_column,
    flags,
    integers,
    is_one_of,
    run_begins,
    years,
)

_THERAPY = ("GP", "GO", "GN")
_NEVER_ALLOWED = ("GY", "GZ")
_DAYS = 1 << 22
"""More than the days of any calendar: a group and a day make one sortable number."""


def _known(column: pl.Series) -> Known:
    """A column of numbers, days (since 1970) or flags (0 and 1) as an array with its mask."""
    if column.dtype == pl.Boolean:
        truth = flags(column)
        return Known(truth.yes.astype(np.int64), truth.yes | truth.no)
    return integers(column)


def _dollars(frames: Mapping[str, pl.DataFrame], context: Context) -> pl.DataFrame:  # noqa: ARG001
    claims, lines = frames["claims"], frames["lines"]
    of_claim = {name: _known(claims.get_column(name)) for name in _CLAIM_NUMBERS}
    discipline = claims.get_column("discipline")
    is_ot = Known(is_one_of(discipline, ("OT",)).astype(np.int64), ~absent(discipline))
    owner = lines.get_column("claim_id").to_numpy()
    applies, day = of_claim["payer_therapy_threshold_applies"], of_claim["date_of_service"]
    # Of a payer not known the amount is unknown; with a payer that has no threshold nothing counts.
    may_count = day.known & is_ot.known & ((applies.values == 1) | ~applies.known)
    modifiers = TextLists.of(lines.get_column("modifiers"))
    counts = modifiers.have_any(_THERAPY).yes & modifiers.have_any(_NEVER_ALLOWED).no
    # Whether a line is allowed as therapy at all: a therapy modifier, and none that asks for a denial.
    row = np.flatnonzero(counts & may_count[owner])
    group = _group(of_claim["patient_id"].values, years(day.values), is_ot.values)
    day_of_group = group * _DAYS + day.values
    turn = 2 * day_of_group + 1 - of_claim["is_history"].values
    # Lines of a claim follow each other, and patients' claims mostly do by day: this sort has little to do.
    row = row[np.argsort(turn[owner[row]], kind="stable")]
    own = owner[row]

    allowed = _known(lines.get_column("allowed_cents")).take(row)
    known = allowed.known & applies.known[own]
    cents, unknown = _before(np.where(known, allowed.values, 0)), _before((~known).astype(np.int64))
    begin = run_begins(group[own])
    as_of = of_claim["ytd_as_of"].take(own)
    later = np.zeros(len(row), np.int64)
    dated = np.flatnonzero(as_of.known)
    stated = group[own[dated]] * _DAYS + as_of.values[dated]
    after = np.searchsorted(day_of_group[own], stated, side="right")
    later[dated] = cents[dated] - cents[np.minimum(after, dated)]

    at_most = of_claim["ytd_at_most_cents"].take(own)
    # Allowed dollars are never negative: an unknown lower bound is nothing, not unknown.
    least = Known(of_claim["ytd_at_least_cents"].values[own] + later, np.ones(len(row), np.bool_))
    most = Known(at_most.values + cents[:-1] - cents[begin], at_most.known & (unknown[:-1] == unknown[begin]))
    least, most = least.spread(row, len(owner)), most.spread(row, len(owner))
    return pl.DataFrame(
        [
            pl.Series("counts_towards_threshold", counts),
            as_column("year_before_at_least_cents", least.values, least.known),
            as_column("year_before_at_most_cents", most.values, most.known),
        ]
    )


_CLAIM_NUMBERS = (
    "patient_id",
    "date_of_service",
    "is_history",
    "payer_therapy_threshold_applies",
    "ytd_at_least_cents",
    "ytd_at_most_cents",
    "ytd_as_of",
)


def _group(patient: Integers, year: Integers, is_ot: Integers) -> Integers:
    """A number for each patient, calendar year and disciplines that share a threshold, in no meaningful order."""
    years = year - int(year.min(initial=0))
    several = (patient * (int(years.max(initial=0)) + 1) + years) * 2 + is_ot
    return distinct(several).of_row


def _before(amounts: Integers) -> Integers:
    """The sum of the rows before each row, and of all rows at the end."""
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(amounts, dtype=np.int64)])


stage = Stage(
    name="therapy-dollars",
    over="lines",
    needs=("line_id", "claim_id", "modifiers", "allowed_cents"),
    reads=tuple(("claims", name) for name in (*_CLAIM_NUMBERS, "discipline")),
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
