"""The visit lies after the last day of the policy.

A payer pays for days on which its policy is in force. After that, another payer or the patient owes the visit.

Not flagged: the last covered day itself.
Fix: none; verify eligibility for the date of service.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="TF105",
    name="coverage-ended",
    over="claims",
    severity=Severity.DENY,
    applies=col.payer_kind != "cash",
    flag=col.date_of_service > col.coverage_through,
    message="treated on {date_of_service}, the coverage ended on {coverage_through}",
    concept="coverage-not-in-force",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "X12",
            "Claim adjustment reason codes, list of 2024-06",
            "code 27",
            read_on=date(2026, 11, 21),
            confidence=Confidence.SECONDARY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b coverage_through=2026-03-04
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b coverage_through=2026-03-03
              97110 GP x2 30min
            """,
            at="claim",
            says="treated on 2026-03-04, the coverage ended on 2026-03-03",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b coverage_through=?
              97110 GP x2 30min
            """,
            lacks="last day of the policy",
        ),
        exempt("""
            visit 2026-03-04 cash coverage_through=2026-03-03
              97110 GP x2 30min
        """),
    ),
)
