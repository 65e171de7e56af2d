"""What earlier payers paid on the claim is not what they paid on its lines, less what they adjusted on the claim.

All three are on the remittance and all go on the claim; the next payer holds one against the others.

Not flagged: claims of which an earlier payer has answered on no line, since its payment stands for no lines (SC110
looks at those that nobody answered by lines).
Fix: none; the remittance tells which of them was mistyped.
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
    applies=col.has_prior_answer_on_a_line & (col.prior_answers_on_one_line == col.prior_payers),
    flag=col.prior_paid_cents != col.prior_paid_on_lines_cents - col.prior_claim_adjusted_cents,
    message="earlier payers paid {prior_paid_cents:money} on the claim and {prior_paid_on_lines_cents:money} on its lines, "
    "{prior_claim_adjusted_cents:money} adjusted on the claim as a whole",
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
            says="earlier payers paid $100.01 on the claim and $100.00 on its lines, $0.00 adjusted on the claim as a whole",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b coverage_order=secondary prior_payers=1 prior_paid_cents=9999 medicare_secondary_type=12
              97110 GP x2 30min $240.00 prior_answers=1 line_prior_paid_cents=10000 line_prior_adjusted_cents=14000 prior_adjustments=2 prior_adjudicated_on=2026-03-20
            """,
            at="claim",
            says="earlier payers paid $99.99 on the claim and $100.00 on its lines, $0.00 adjusted on the claim as a whole",
        ),
        good("""
            visit 2026-03-04 medicare_b coverage_order=secondary prior_payers=1 prior_paid_cents=10000 medicare_secondary_type=12
              97110 GP x2 30min $120.00 prior_answers=1 line_prior_paid_cents=6000 line_prior_adjusted_cents=6000 prior_adjustments=2 prior_adjudicated_on=2026-03-20
              97140 GP x2 30min $120.00 prior_answers=1 line_prior_paid_cents=4000 line_prior_adjusted_cents=8000 prior_adjustments=2 prior_adjudicated_on=2026-03-20
        """),
        good("""
            visit 2026-03-04 medicare_b coverage_order=secondary prior_payers=1 prior_paid_cents=9700 prior_claim_adjusted_cents=300 medicare_secondary_type=12
              97110 GP x2 30min $240.00 prior_answers=1 line_prior_paid_cents=10000 line_prior_adjusted_cents=14000 prior_adjustments=2 prior_adjudicated_on=2026-03-20
        """),
        bad(
            """
            visit 2026-03-04 medicare_b coverage_order=secondary prior_payers=1 prior_paid_cents=10000 prior_claim_adjusted_cents=300 medicare_secondary_type=12
              97110 GP x2 30min $240.00 prior_answers=1 line_prior_paid_cents=10000 line_prior_adjusted_cents=14000 prior_adjustments=2 prior_adjudicated_on=2026-03-20
            """,
            at="claim",
            says="earlier payers paid $100.00 on the claim and $100.00 on its lines, $3.00 adjusted on the claim as a whole",
        ),
        good("""
            visit 2026-03-04 medicare_b coverage_order=secondary prior_payers=1 prior_paid_cents=10300 prior_claim_adjusted_cents=-300 medicare_secondary_type=12
              97110 GP x2 30min $240.00 prior_answers=1 line_prior_paid_cents=10000 line_prior_adjusted_cents=14000 prior_adjustments=2 prior_adjudicated_on=2026-03-20
        """),
        exempt("""
            visit 2026-03-04 medicare_b coverage_order=tertiary prior_payers=2 prior_paid_cents=20000 medicare_secondary_type=12
              97110 GP x2 30min $240.00 prior_answers=1 line_prior_paid_cents=10000 line_prior_adjusted_cents=14000 prior_adjustments=2 prior_adjudicated_on=2026-03-20
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
        unknown(
            """
            visit 2026-03-04 medicare_b coverage_order=secondary prior_payers=1 prior_paid_cents=10000 prior_claim_adjusted_cents=? medicare_secondary_type=12
              97110 GP x2 30min $240.00 prior_answers=1 line_prior_paid_cents=10000 line_prior_adjusted_cents=14000 prior_adjustments=2 prior_adjudicated_on=2026-03-20
            """,
            lacks="adjusted on the claim",
        ),
    ),
)
