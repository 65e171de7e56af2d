"""The date of service lies before the patient was born.

Payers turn such a claim away. Either date is mistyped.

Not flagged: the day of birth itself.
Fix: none; only the record tells which date is wrong.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="TF106",
    name="date-of-service-before-birth",
    over="claims",
    severity=Severity.REJECT,
    flag=col.date_of_service < col.birth_date,
    message="date of service {date_of_service} lies before the date of birth",
    concept="date-before-birth",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "X12",
            "Claim adjustment reason codes, list of 2024-06",
            "code 14",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b birth_date=2026-03-04
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b birth_date=2026-03-05
              97110 GP x2 30min
            """,
            at="claim",
            says="date of service 2026-03-04 lies before the date of birth",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b birth_date=?
              97110 GP x2 30min
            """,
            lacks="date of birth",
        ),
    ),
)
