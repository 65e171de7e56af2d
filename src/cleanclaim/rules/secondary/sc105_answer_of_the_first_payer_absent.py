"""A second or third payer is billed, and the claim does not say what the first has decided.

The next payer pays what the first has left. Until it is told, it denies: bill the first, then send its answer.

Not flagged: claims that tell it on the lines alone, or for the claim as a whole alone.
Fix: none; wait for the first payer's remittance.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, left_empty, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="SC105",
    name="answer-of-the-first-payer-absent",
    over="claims",
    severity=Severity.DENY,
    applies=(col.coverage_order != "primary") & (col.prior_payers > 0),
    flag=col.has_prior_answer_on_a_line.not_()
    & left_empty(col.prior_paid_cents, "prior_paid_cents", col.claim_fields_absent),
    message="{coverage_order} coverage billed, nothing said of what the payer before it decided",
    payers="payers billed after another",
    concept="secondary-answer-missing",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "X12",
            "837P 005010X222A1",
            "other payer: amount paid required once it has decided",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
        page(
            "Billing practice",
            "Stated widely in the trade; the payer's own text was not read",
            "denial 22: care may be covered by another payer",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b coverage_order=secondary prior_payers=1 prior_paid_cents=10000 medicare_secondary_type=12
              97110 GP x2 30min $240.00 prior_answers=1 line_prior_paid_cents=10000 line_prior_adjusted_cents=14000 prior_adjustments=2 prior_adjudicated_on=2026-03-20
        """),
        bad(
            """
            visit 2026-03-04 medicare_b coverage_order=secondary prior_payers=1 prior_paid_cents=? claim_fields_absent=prior_paid_cents medicare_secondary_type=12
              97110 GP x2 30min
            """,
            at="claim",
            says="secondary coverage billed, nothing said of what the payer before it decided",
        ),
        good("""
            visit 2026-03-04 medicare_b coverage_order=secondary prior_payers=1 prior_paid_cents=10000 medicare_secondary_type=12
              97110 GP x2 30min
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b coverage_order=secondary prior_payers=1 prior_paid_cents=? claim_fields_absent=? medicare_secondary_type=12
              97110 GP x2 30min
            """,
            lacks="columns of dates",
        ),
    ),
)
