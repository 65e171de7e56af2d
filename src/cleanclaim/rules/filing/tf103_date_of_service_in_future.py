"""The date of service lies after the day of billing.

Payers turn such a claim away: what has not been furnished cannot be billed. Most often the year or the month is
mistyped.

Not flagged: a visit of the same day.
Fix: none; only the record tells the right date.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="TF103",
    name="date-of-service-in-future",
    over="claims",
    severity=Severity.REJECT,
    flag=col.date_of_service > col.as_of,
    message="date of service {date_of_service} lies after {as_of}, the day of billing",
    concept="date-in-future",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "X12",
            "Claim adjustment reason codes, list of 2024-06",
            "code 110",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b as_of=2026-03-04
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b as_of=2026-03-03
              97110 GP x2 30min
            """,
            at="claim",
            says="date of service 2026-03-04 lies after 2026-03-03, the day of billing",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b as_of=?
              97110 GP x2 30min
            """,
            lacks="the day on which the check is made",
        ),
    ),
)
