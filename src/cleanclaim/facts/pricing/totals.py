"""Allowed amounts summed up: what a claim, a code of a day, or a kind of line of a day is worth.

A sum is unknown where an amount in it is, or where it is unknown whether an amount belongs in it. Sums by day and by
code are taken over arrays, which for the few rows of a visit is much quicker than a query for each.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from cleanclaim.facts.kit import Context, Fact, Stage, total
from cleanclaim.lines.columns import col
from cleanclaim.lines.schema import CENTS, Column
from cleanclaim.money import RATE_SCALE
from cleanclaim.pricing.exact import Integers, Known, Tristate, as_column, flags, integers

_PRICE = "the allowed amount of each line"


def _summed(owner: Integers, count: int, cents: Known, counts: Tristate | None = None) -> Known:
    """The sum by owner of the amounts that count; 0 where none does."""
    amount, doubt = np.where(cents.known, cents.values, 0), ~cents.known
    if counts is not None:
        amount, doubt = np.where(counts.yes, amount, 0), ~counts.no & (doubt | ~counts.yes)
    summed, known = np.zeros(count, np.int64), np.ones(count, np.bool_)
    paid = np.flatnonzero(amount)
    np.add.at(summed, owner[paid], amount[paid])
    known[owner[doubt]] = False
    return Known(np.where(known, summed, 0), known)


def _of_codes(frames: Mapping[str, pl.DataFrame], context: Context) -> pl.DataFrame:  # noqa: ARG001
    lines = frames["lines"]
    owner = integers(lines["day_code_id"]).values
    allowed = _summed(owner, frames["day_codes"].height, integers(lines["allowed_cents"]))
    return pl.DataFrame([as_column("day_code_allowed_cents", *allowed)])


def _of_days(frames: Mapping[str, pl.DataFrame], context: Context) -> pl.DataFrame:  # noqa: ARG001
    lines, codes, count = frames["lines"], frames["day_codes"], frames["days"].height
    line_day = integers(lines["day_id"]).values
    allowed = integers(lines["allowed_cents"])
    evaluation = flags(lines["is_evaluation"])
    best = np.zeros(count, np.int64)
    evaluated = np.flatnonzero(evaluation.yes)
    np.maximum.at(best, line_day[evaluated], allowed.values[evaluated])
    evaluations = _summed(line_day, count, allowed, evaluation)
    reevaluations = _summed(line_day, count, allowed, flags(lines["is_reevaluation"]))
    code_day, timed = integers(codes["day_id"]).values, flags(codes["day_code_is_timed"])
    over = _summed(code_day, count, integers(codes["overbilled_cents"]), timed)
    left = _summed(code_day, count, integers(codes["left_cents"]), timed)
    return pl.DataFrame(
        [
            as_column("second_evaluations_cents", evaluations.values - best, evaluations.known),
            as_column("reevaluations_allowed_cents", *reevaluations),
            as_column("timed_overbilled_cents", *over),
            as_column("timed_left_cents", *left),
        ]
    )


stages = (
    Stage(
        name="code-totals",
        over="day_codes",
        needs=("day_code_id",),
        reads=(("lines", "day_code_id"), ("lines", "allowed_cents")),
        adds=(Column("day_code_allowed_cents", CENTS, "cents", "allowed amount of all lines of the code that day"),),
        compute=_of_codes,
        lacks=_PRICE,
    ),
    Stage(
        name="day-totals",
        over="days",
        needs=("day_id",),
        reads=(
            *(("lines", name) for name in ("day_id", "allowed_cents", "is_evaluation", "is_reevaluation")),
            *(("day_codes", name) for name in ("day_id", "day_code_is_timed", "overbilled_cents", "left_cents")),
        ),
        adds=(
            Column("second_evaluations_cents", CENTS, "cents", "allowed amount of the day's evaluations but the best"),
            Column("reevaluations_allowed_cents", CENTS, "cents", "allowed amount of the day's re-evaluations"),
            Column("timed_overbilled_cents", CENTS, "cents", "allowed amount of timed units above what is supported"),
            Column("timed_left_cents", CENTS, "cents", "allowed amount of timed units supported and not billed"),
        ),
        compute=_of_days,
        lacks="documented minutes of each service, or a price of its code",
    ),
)

facts = (
    Fact(
        name="claim_allowed_cents",
        over="claims",
        dtype=pl.Int64,
        unit="cents",
        meaning="allowed amount of the whole claim: what is not paid when it is turned away",
        lacks=_PRICE,
        aggregate=total(col.allowed_cents, of="lines", by=("claim_id",)),
    ),
    Fact(
        name="claim_timed_allowed_cents",
        over="claims",
        dtype=pl.Int64,
        unit="cents",
        meaning="allowed amount of the claim's lines of 15-minute codes",
        lacks=_PRICE,
        aggregate=total(col.allowed_cents, of="lines", by=("claim_id",), where=col.is_timed),
    ),
    Fact(
        name="assistant_reduction_cents",
        over="lines",
        dtype=pl.Int64,
        unit="cents",
        meaning="what the payer's share of the line is cut by when it carries CQ or CO",
        lacks="the payer's share of the line, and its cut for an assistant",
        # Half away from zero; shares are never negative.
        expr=(col.payer_share_cents * col.payer_assistant_payment_reduction * 2 + RATE_SCALE) // (2 * RATE_SCALE),
    ),
)
