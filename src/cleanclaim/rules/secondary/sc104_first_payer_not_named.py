"""A second or third payer is billed, and the claim names none that comes before.

Who is billed second has to be told who was first. A claim without is turned away, or paid as first and taken back.

Not flagged: first payers.
Fix: none; the patient's other card tells the first payer.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="SC104",
    name="first-payer-not-named",
    over="claims",
    severity=Severity.REJECT,
    applies=col.coverage_order != "primary",
    flag=col.prior_payers == 0,
    message="{coverage_order} coverage billed, no payer before it on the claim",
    payers="payers billed after another",
    concept="secondary-without-primary",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "Practice management help center",
            "Claim scrubbing errors",
            "the original primary payer is missing from the claim",
            read_on=date(2026, 11, 21),
            url="https://support.practiceadmin.com/portal/en/kb/articles/claim-scrubbing-errors",
            confidence=Confidence.SECONDARY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b coverage_order=secondary prior_payers=1 prior_paid_cents=10000 medicare_secondary_type=12
              97110 GP x2 30min $240.00 prior_answers=1 line_prior_paid_cents=10000 line_prior_adjusted_cents=14000 prior_adjustments=2 prior_adjudicated_on=2026-03-20
        """),
        bad(
            """
            visit 2026-03-04 medicare_b coverage_order=secondary
              97110 GP x2 30min
            """,
            at="claim",
            says="secondary coverage billed, no payer before it on the claim",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b coverage_order=tertiary
              97110 GP x2 30min
            """,
            at="claim",
            says="tertiary coverage billed, no payer before it on the claim",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b coverage_order=secondary prior_payers=?
              97110 GP x2 30min
            """,
            lacks="payers before this one",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b coverage_order=?
              97110 GP x2 30min
            """,
            lacks="primary, secondary",
        ),
    ),
)
