"""The visit lies before the first day of the policy.

A payer pays for days on which its policy is in force. Before that, another payer or the patient owes the visit.

Not flagged: the first covered day itself.
Fix: none; verify eligibility for the date of service.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="TF104",
    name="coverage-not-begun",
    over="claims",
    severity=Severity.DENY,
    applies=col.payer_kind != "cash",
    flag=col.date_of_service < col.coverage_from,
    message="treated on {date_of_service}, the coverage begins on {coverage_from}",
    concept="coverage-not-in-force",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "X12",
            "Claim adjustment reason codes, list of 2024-06",
            "code 26",
            read_on=date(2026, 11, 21),
            confidence=Confidence.SECONDARY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b coverage_from=2026-03-04
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b coverage_from=2026-03-05
              97110 GP x2 30min
            """,
            at="claim",
            says="treated on 2026-03-04, the coverage begins on 2026-03-05",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b coverage_from=?
              97110 GP x2 30min
            """,
            lacks="first day of the policy",
        ),
        exempt("""
            visit 2026-03-04 cash coverage_from=2026-03-05
              97110 GP x2 30min
        """),
    ),
)
