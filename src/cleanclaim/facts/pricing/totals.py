"""Allowed amounts summed up: what a claim, a code of a day, or the timed lines of a claim are worth."""

from __future__ import annotations

import polars as pl

from cleanclaim.facts.kit import Aggregate, Fact, greatest, total
from cleanclaim.lines.columns import col
from cleanclaim.money import RATE_SCALE

_PRICE = "the allowed amount of each line"


def _cents(name: str, over: str, meaning: str, aggregate: Aggregate) -> Fact:
    return Fact(name=name, over=over, dtype=pl.Int64, unit="cents", meaning=meaning, lacks=_PRICE, aggregate=aggregate)


facts = (
    _cents(
        "claim_allowed_cents",
        "claims",
        "allowed amount of the whole claim: what is not paid when it is turned away",
        total(col.allowed_cents, of="lines", by=("claim_id",)),
    ),
    _cents(
        "claim_timed_allowed_cents",
        "claims",
        "allowed amount of the claim's lines of 15-minute codes",
        total(col.allowed_cents, of="lines", by=("claim_id",), where=col.is_timed),
    ),
    _cents(
        "day_code_allowed_cents",
        "day_codes",
        "allowed amount of everything billed under the code that day",
        total(col.allowed_cents, of="lines", by=("day_code_id",)),
    ),
    _cents(
        "evaluations_allowed_cents",
        "days",
        "allowed amount of the day's evaluations",
        total(col.allowed_cents, of="lines", by=("day_id",), where=col.is_evaluation),
    ),
    _cents(
        "best_evaluation_cents",
        "days",
        "allowed amount of the day's best paid line of an evaluation",
        greatest(col.allowed_cents, of="lines", by=("day_id",), where=col.is_evaluation),
    ),
    _cents(
        "reevaluations_allowed_cents",
        "days",
        "allowed amount of the day's re-evaluations",
        total(col.allowed_cents, of="lines", by=("day_id",), where=col.is_reevaluation),
    ),
    Fact(
        name="second_evaluations_cents",
        over="days",
        dtype=pl.Int64,
        unit="cents",
        meaning="allowed amount of the day's evaluations but the best paid one",
        lacks=_PRICE,
        expr=col.evaluations_allowed_cents - col.best_evaluation_cents,
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
