"""The visit lies after the last day of the authorization.

An approval covers its own days, whatever visits are left on it. Later visits need an extension or a new one.

Not flagged: the last authorized day itself.
Fix: none; ask the payer to extend the approval.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="AU104",
    name="authorization-expired",
    over="claims",
    severity=Severity.DENY,
    applies=col.authorization_governs,
    flag=col.date_of_service > col.authorization_through,
    message="treated on {date_of_service}, authorization {authorization_number} ended on {authorization_through}",
    payers="payers that may require authorization",
    concept="authorization-dates",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "X12",
            "Claim adjustment reason codes, list of 2024-06",
            "codes 198 and 302",
            read_on=date(2026, 11, 21),
            confidence=Confidence.SECONDARY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 uhc_medicare_advantage authorization_through=2026-03-04
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 uhc_medicare_advantage authorization_through=2026-03-03
              97110 GP x2 30min
            """,
            at="claim",
            says="treated on 2026-03-04, authorization A100 ended on 2026-03-03",
        ),
        unknown(
            """
            visit 2026-03-04 uhc_medicare_advantage authorization_through=?
              97110 GP x2 30min
            """,
            lacks="its last day",
        ),
        exempt("""
            visit 2026-03-04 medicare_b authorization_through=2026-03-03
              97110 GP x2 30min
        """),
    ),
)
