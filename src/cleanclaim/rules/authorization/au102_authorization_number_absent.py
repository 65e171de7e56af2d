"""An authorization is on file, and its number is not.

The claim carries the number; without it the payer does not find the approval and denies the visit as not authorized.

Not flagged: a payer known to require no authorization.
Fix: none; look the number up on the approval.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="AU102",
    name="authorization-number-absent",
    over="claims",
    severity=Severity.DENY,
    applies=col.authorization_governs,
    flag=col.authorization_number == "",
    message="an authorization is on file without its number, the claim must carry it",
    payers="payers that may require authorization",
    concept="authorization-number-missing",
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
            visit 2026-03-04 uhc_medicare_advantage authorization_number=A100
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 uhc_medicare_advantage authorization_number=none
              97110 GP x2 30min
            """,
            at="claim",
            says="an authorization is on file without its number, the claim must carry it",
        ),
        exempt("""
            visit 2026-03-04 medicare_b authorization_number=none
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 uhc_medicare_advantage authorization_number=?
              97110 GP x2 30min
            """,
            lacks="its number",
        ),
        exempt("""
            visit 2026-03-04 uhc_medicare_advantage authorization_number=none has_authorization=false
              97110 GP x2 30min
        """),
    ),
)
