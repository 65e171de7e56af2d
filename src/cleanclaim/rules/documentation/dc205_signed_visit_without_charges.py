"""The note is signed, and nothing is billed for the visit.

What was documented and signed was done; a visit without a charge is money left, or a note on the wrong day.

Not flagged: unsigned notes, which are not finished; visits at which nothing was done; a day that another claim bills.
Fix: none; bill what the note says, or write why nothing is billed.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="DC205",
    name="signed-visit-without-charges",
    over="claims",
    severity=Severity.LEFT,
    applies=col.has_signature & col.something_was_done,
    flag=col.lines_of_day == 0,
    message="the note is signed, no charge on the visit",
    concept="visit-without-charges",
    sources=(
        page(
            "Billing practice",
            "Stated widely in the trade; the payer's own text was not read",
            "therapy software: alert for signed visits without charges",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              did 97110 30min
            """,
            at="claim",
            says="the note is signed, no charge on the visit",
        ),
        good("""
            visit 2026-03-04 medicare_b
              did 97110 30min
            history 2026-03-04 medicare_b
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              did 97110 30min
            history 2026-03-03 medicare_b
              97110 GP x2 30min
            """,
            at="claim",
            says="the note is signed, no charge on the visit",
        ),
        exempt("""
            visit 2026-03-04 medicare_b has_signature=false
              97110 GP x2 30min
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              did nothing
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b has_signature=?
              did 97110 30min
            """,
            lacks="note is signed",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b knows_services=false
              did nothing
            """,
            lacks="what was done",
        ),
    ),
)
