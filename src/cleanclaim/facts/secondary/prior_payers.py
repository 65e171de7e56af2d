"""What earlier payers decided on the lines of a claim, summed for the claim."""

from __future__ import annotations

import polars as pl

from cleanclaim.facts.kit import Fact, any_row, greatest, total
from cleanclaim.lines.columns import col

facts = (
    Fact(
        name="prior_paid_on_lines_cents",
        over="claims",
        dtype=pl.Int64,
        unit="cents",
        meaning="what earlier payers paid on all lines of the claim together",
        lacks="what earlier payers paid on each line",
        aggregate=total(col.line_prior_paid_cents, of="lines", by=("claim_id",)),
    ),
    Fact(
        name="has_prior_answer_on_a_line",
        over="claims",
        dtype=pl.Boolean,
        unit="flag",
        meaning="the claim tells what an earlier payer decided on one of its lines",
        lacks="what earlier payers decided on each line",
        aggregate=any_row(col.prior_answers > 0, of="lines", by=("claim_id",)),
    ),
    Fact(
        name="prior_answers_on_one_line",
        over="claims",
        dtype=pl.Int64,
        unit="payers",
        meaning="the most earlier payers whose answer one line of the claim tells",
        lacks="what earlier payers decided on each line",
        aggregate=greatest(col.prior_answers, of="lines", by=("claim_id",)),
    ),
)
