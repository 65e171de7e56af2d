"""What an earlier payer paid and adjusted on a line does not add up to its charge.

Paid plus all adjustments, the patient's part among them, is the charge, for each payer that has answered. The payer
that comes next turns the claim away when it is not.

Not flagged: claims to the first payer; two payers whose gaps on one line happen to cancel out.
Fix: none; the first payer's remittance has every adjustment, the contractual one is the one most often left out.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="SC101",
    name="line-not-balanced",
    over="lines",
    severity=Severity.REJECT,
    applies=col.prior_answers > 0,
    flag=col.line_prior_paid_cents + col.line_prior_adjusted_cents != col.prior_answers * col.charge_cents,
    message="{code} charged {charge_cents:money}, earlier payers paid {line_prior_paid_cents:money} and adjusted {line_prior_adjusted_cents:money}",
    payers="payers billed after another",
    concept="secondary-line-unbalanced",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "Practice management help center",
            "Claim scrubbing errors",
            "payments, adjustments and patient responsibility must equal the charge",
            read_on=date(2026, 11, 21),
            url="https://support.practiceadmin.com/portal/en/kb/articles/claim-scrubbing-errors",
            confidence=Confidence.SECONDARY,
        ),
        page(
            "X12",
            "837P 005010X222A1",
            "coordination of benefits: balancing of the line",
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
            visit 2026-03-04 medicare_b coverage_order=secondary prior_payers=1 prior_paid_cents=10000 medicare_secondary_type=12
              97110 GP x2 30min $240.00 prior_answers=1 line_prior_paid_cents=10000 line_prior_adjusted_cents=13999 prior_adjustments=2 prior_adjudicated_on=2026-03-20
            """,
            at="line 1",
            says="97110 charged $240.00, earlier payers paid $100.00 and adjusted $139.99",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b coverage_order=secondary prior_payers=1 prior_paid_cents=10000 medicare_secondary_type=12
              97110 GP x2 30min $240.00 prior_answers=1 line_prior_paid_cents=10000 line_prior_adjusted_cents=14001 prior_adjustments=2 prior_adjudicated_on=2026-03-20
            """,
            at="line 1",
            says="97110 charged $240.00, earlier payers paid $100.00 and adjusted $140.01",
        ),
        good("""
            visit 2026-03-04 medicare_b coverage_order=tertiary prior_payers=2
              97110 GP x2 30min $240.00 prior_answers=2 line_prior_paid_cents=10000 line_prior_adjusted_cents=38000 prior_adjustments=2 prior_adjudicated_on=2026-03-20
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b coverage_order=secondary prior_payers=1 prior_paid_cents=10000 medicare_secondary_type=12
              97110 GP x2 30min $240.00 prior_answers=1 line_prior_paid_cents=10000 line_prior_adjusted_cents=? prior_adjustments=2 prior_adjudicated_on=2026-03-20
            """,
            lacks="adjusted on the line",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b coverage_order=secondary prior_payers=1 prior_paid_cents=10000 medicare_secondary_type=12
              97110 GP x2 30min $240.00 prior_answers=? line_prior_paid_cents=10000 line_prior_adjusted_cents=14000 prior_adjustments=2 prior_adjudicated_on=2026-03-20
            """,
            lacks="whose answer",
        ),
    ),
)
