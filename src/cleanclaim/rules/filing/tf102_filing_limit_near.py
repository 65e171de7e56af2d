"""The payer's limit for filing is near.

Two weeks before the last day a rejected claim can still be corrected and sent again. File such claims first.

Not flagged: a limit that has passed (TF101).
Fix: none; file today.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import Confidence, page, regulation

rule = Rule(
    code="TF102",
    name="filing-limit-near",
    over="claims",
    severity=Severity.ADVICE,
    applies=(col.frequency_code == "1") & col.filing_is_limited,
    flag=col.filing_limit_is_past.not_() & (col.days_to_filing_deadline <= col.filing_warning_days),
    message="{days_to_filing_deadline:count day} left to file {date_of_service}, the payer takes it through {filing_deadline}",
    concept="timely-filing-near",
    sources=(
        regulation("42 CFR 424.44", "(a) time limits", read_on=date(2026, 11, 21)),
        page(
            "X12",
            "Claim adjustment reason codes, list of 2024-06",
            "code 29",
            read_on=date(2026, 11, 21),
            confidence=Confidence.SECONDARY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b as_of=2027-02-17
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b as_of=2027-02-18
              97110 GP x2 30min
            """,
            at="claim",
            says="14 days left to file 2026-03-04, the payer takes it through 2027-03-04",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b as_of=2027-03-04
              97110 GP x2 30min
            """,
            at="claim",
            says="0 days left to file 2026-03-04, the payer takes it through 2027-03-04",
        ),
        good("""
            visit 2026-03-04 medicare_b as_of=2027-03-05
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 cigna as_of=2026-06-01 in_network=?
              97110 GP x2 30min
            """,
            lacks="in its network",
        ),
        good("""
            visit 2026-03-04 cigna as_of=2026-09-01 in_network=?
              97110 GP x2 30min
        """),
        exempt("""
            visit 2026-03-04 cash as_of=2027-03-04
              97110 GP x2 30min
        """),
        exempt("""
            visit 2026-03-04 medicare_b as_of=2027-03-01 frequency_code=7
              97110 GP x2 30min
        """),
    ),
)
