"""What earlier payers paid on the claim is not what they paid on its lines.

Both are on the remittance and both go on the claim; the next payer holds one against the other.

Not flagged: claims without answers on their lines. A preview: an earlier payer may adjust the claim as a whole, and
then the two differ by that; those adjustments are not read yet.
Fix: none; the remittance tells which of the two was mistyped.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="SC106",
    name="prior-payment-differs-from-lines",
    over="claims",
    severity=Severity.REJECT,
    preview=True,
    applies=col.has_prior_answer_on_a_line,
    flag=col.prior_paid_cents != col.prior_paid_on_lines_cents,
    message="earlier payers paid {prior_paid_cents:money} on the claim and {prior_paid_on_lines_cents:money} on its lines",
    payers="payers billed after another",
    concept="secondary-claim-unbalanced",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "X12",
            "837P 005010X222A1",
            "coordination of benefits: balancing of the claim with its lines",
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
            visit 2026-03-04 medicare_b coverage_order=secondary prior_payers=1 prior_paid_cents=10001 medicare_secondary_type=12
              97110 GP x2 30min $240.00 prior_answers=1 line_prior_paid_cents=10000 line_prior_adjusted_cents=14000 prior_adjustments=2 prior_adjudicated_on=2026-03-20
            """,
            at="claim",
            says="earlier payers paid $100.01 on the claim and $100.00 on its lines",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b coverage_order=secondary prior_payers=1 prior_paid_cents=9999 medicare_secondary_type=12
              97110 GP x2 30min $240.00 prior_answers=1 line_prior_paid_cents=10000 line_prior_adjusted_cents=14000 prior_adjustments=2 prior_adjudicated_on=2026-03-20
            """,
            at="claim",
            says="earlier payers paid $99.99 on the claim and $100.00 on its lines",
        ),
        good("""
            visit 2026-03-04 medicare_b coverage_order=secondary prior_payers=1 prior_paid_cents=10000 medicare_secondary_type=12
              97110 GP x2 30min $120.00 prior_answers=1 line_prior_paid_cents=6000 line_prior_adjusted_cents=6000 prior_adjustments=2 prior_adjudicated_on=2026-03-20
              97140 GP x2 30min $120.00 prior_answers=1 line_prior_paid_cents=4000 line_prior_adjusted_cents=8000 prior_adjustments=2 prior_adjudicated_on=2026-03-20
        """),
        exempt("""
            visit 2026-03-04 medicare_b coverage_order=secondary prior_payers=1 prior_paid_cents=10000 medicare_secondary_type=12
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b coverage_order=secondary prior_payers=1 prior_paid_cents=10000 medicare_secondary_type=12
              97110 GP x2 30min $240.00 prior_answers=1 line_prior_paid_cents=? line_prior_adjusted_cents=14000 prior_adjustments=2 prior_adjudicated_on=2026-03-20
            """,
            lacks="earlier payers paid",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b coverage_order=secondary prior_payers=1 prior_paid_cents=? medicare_secondary_type=12
              97110 GP x2 30min $240.00 prior_answers=1 line_prior_paid_cents=10000 line_prior_adjusted_cents=14000 prior_adjustments=2 prior_adjudicated_on=2026-03-20
            """,
            lacks="paid on the claim",
        ),
    ),
)
