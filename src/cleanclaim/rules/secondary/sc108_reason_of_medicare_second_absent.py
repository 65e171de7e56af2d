"""Medicare is billed after another payer, and the claim does not say why the other comes first.

Age and a working spouse, disability, an accident, workers' compensation: Medicare wants the reason by its code, and
turns a claim without it away.

Not flagged: Medicare as first payer; other payers in second place.
Fix: none; the Medicare secondary payer questionnaire has the answer.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="SC108",
    name="reason-of-medicare-second-absent",
    over="claims",
    severity=Severity.REJECT,
    applies=(col.payer_kind == "medicare_b") & (col.coverage_order != "primary"),
    flag=col.medicare_secondary_type == "",
    message="Medicare billed as {coverage_order}, no reason why another payer comes first",
    payers="Medicare Part B",
    concept="medicare-secondary-type-missing",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "X12",
            "837P 005010X222A1",
            "subscriber: insurance type code when Medicare is not primary",
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
            visit 2026-03-04 medicare_b coverage_order=secondary prior_payers=1
              97110 GP x2 30min
            """,
            at="claim",
            says="Medicare billed as secondary, no reason why another payer comes first",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
        """),
        exempt("""
            visit 2026-03-04 aetna coverage_order=secondary prior_payers=1
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b coverage_order=secondary prior_payers=1 prior_paid_cents=10000 medicare_secondary_type=?
              97110 GP x2 30min
            """,
            lacks="why another payer",
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
