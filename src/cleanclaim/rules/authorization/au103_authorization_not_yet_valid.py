"""The visit lies before the first day of the authorization.

An approval covers its own days. A visit before them is denied as not authorized, unless the payer moves the start.

Not flagged: the first authorized day itself.
Fix: none; ask the payer to move the start.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="AU103",
    name="authorization-not-yet-valid",
    over="claims",
    severity=Severity.DENY,
    applies=col.authorization_governs,
    flag=col.date_of_service < col.authorization_from,
    message="treated on {date_of_service}, authorization {authorization_number} begins on {authorization_from}",
    payers="payers that may require authorization",
    concept="authorization-dates",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "X12",
            "Claim adjustment reason codes, list of 2024-06",
            "codes 197 and 284",
            read_on=date(2026, 11, 21),
            confidence=Confidence.SECONDARY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 uhc_medicare_advantage authorization_from=2026-03-04
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 uhc_medicare_advantage authorization_from=2026-03-05
              97110 GP x2 30min
            """,
            at="claim",
            says="treated on 2026-03-04, authorization A100 begins on 2026-03-05",
        ),
        unknown(
            """
            visit 2026-03-04 uhc_medicare_advantage authorization_from=?
              97110 GP x2 30min
            """,
            lacks="its first day",
        ),
        exempt("""
            visit 2026-03-04 medicare_b authorization_from=2026-03-05
              97110 GP x2 30min
        """),
    ),
)
