"""What earlier payers paid and adjusted on the claim as a whole does not add up to its charge.

A payer that decides on the claim alone says nothing of its lines. Then its payment and its adjustments of the claim,
the patient's part among them, are the whole charge, and the payer that comes next turns the claim away when they are
not.

Not flagged: claims with an answer on a line (SC101 and SC106 look at those); claims that do not say what was paid
(SC105).
Fix: none; the first payer's remittance has every adjustment, the contractual one is the one most often left out.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, left_empty, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="SC110",
    name="prior-claim-not-balanced",
    over="claims",
    severity=Severity.REJECT,
    applies=(col.prior_payers > 0)
    & col.has_prior_answer_on_a_line.not_()
    & left_empty(col.prior_paid_cents, "prior_paid_cents", col.claim_fields_absent).not_(),
    flag=col.prior_paid_cents + col.prior_claim_adjusted_cents != col.prior_payers * col.total_charge_cents,
    message="total charge {total_charge_cents:money}, earlier payers paid {prior_paid_cents:money} and adjusted "
    "{prior_claim_adjusted_cents:money} on the claim as a whole",
    payers="payers billed after another",
    concept="secondary-claim-unbalanced",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "X12",
            "837P 005010X222A1",
            "coordination of benefits: balancing of the claim",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b coverage_order=secondary prior_payers=1 prior_paid_cents=10000 prior_claim_adjusted_cents=14000 total_charge_cents=24000 medicare_secondary_type=12
              97110 GP x2 30min $240.00
        """),
        bad(
            """
            visit 2026-03-04 medicare_b coverage_order=secondary prior_payers=1 prior_paid_cents=10000 prior_claim_adjusted_cents=13999 total_charge_cents=24000 medicare_secondary_type=12
              97110 GP x2 30min $240.00
            """,
            at="claim",
            says="total charge $240.00, earlier payers paid $100.00 and adjusted $139.99 on the claim as a whole",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b coverage_order=secondary prior_payers=1 prior_paid_cents=10001 prior_claim_adjusted_cents=14000 total_charge_cents=24000 medicare_secondary_type=12
              97110 GP x2 30min $240.00
            """,
            at="claim",
            says="total charge $240.00, earlier payers paid $100.01 and adjusted $140.00 on the claim as a whole",
        ),
        good("""
            visit 2026-03-04 medicare_b coverage_order=tertiary prior_payers=2 prior_paid_cents=12000 prior_claim_adjusted_cents=36000 total_charge_cents=24000 medicare_secondary_type=12
              97110 GP x2 30min $240.00
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
        """),
        exempt("""
            visit 2026-03-04 medicare_b coverage_order=secondary prior_payers=1 prior_paid_cents=? claim_fields_absent=prior_paid_cents medicare_secondary_type=12
              97110 GP x2 30min $240.00
        """),
        exempt("""
            visit 2026-03-04 medicare_b coverage_order=secondary prior_payers=1 prior_paid_cents=10000 total_charge_cents=24000 medicare_secondary_type=12
              97110 GP x2 30min $240.00 prior_answers=1 line_prior_paid_cents=10000 line_prior_adjusted_cents=14000 prior_adjustments=2 prior_adjudicated_on=2026-03-20
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b coverage_order=secondary prior_payers=1 prior_paid_cents=10000 prior_claim_adjusted_cents=? total_charge_cents=24000 medicare_secondary_type=12
              97110 GP x2 30min $240.00
            """,
            lacks="adjusted on the claim",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b coverage_order=secondary prior_payers=1 prior_paid_cents=? prior_claim_adjusted_cents=14000 total_charge_cents=24000 medicare_secondary_type=12
              97110 GP x2 30min $240.00
            """,
            lacks="paid on the claim",
        ),
    ),
)
