"""What earlier payers decided on the lines of a claim, summed for the claim."""

from __future__ import annotations

import polars as pl

from cleanclaim.facts.kit import Fact, any_row, greatest, total
from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import left_empty

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
        name="is_answered_before",
        over="claims",
        dtype=pl.Boolean,
        unit="flag",
        meaning="a payer before the one billed has decided on the claim, line by line or as a whole",
        lacks="what earlier payers decided",
        expr=pl.when(col.coverage_order == "primary")
        .then(pl.lit(value=False))
        .otherwise(
            (col.prior_payers > 0)
            & (
                col.has_prior_answer_on_a_line
                | left_empty(col.prior_paid_cents, "prior_paid_cents", col.claim_fields_absent).not_()
            )
        ),
    ),
    Fact(
        name="prior_decided_on",
        over="claims",
        dtype=pl.Date,
        unit="date",
        meaning="the day on which the last of the payers before the one billed decided on the claim's lines",
        lacks="the day on which the payer before decided on each line",
        aggregate=greatest(col.prior_adjudicated_on, of="lines", by=("claim_id",)),
    ),
    Fact(
        name="is_coding_settled",
        over="claims",
        dtype=pl.Boolean,
        unit="flag",
        meaning="an earlier payer has decided on the claim as it is coded, and the payer billed is not known to want "
        "another coding",
        lacks="what earlier payers decided",
        # A payer that does not say so takes the claim as it was answered: the guide has the lines repeated.
        expr=col.is_answered_before & col.payer_codes_anew_after_another_payer.eq_missing(pl.lit(value=True)).not_(),
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
