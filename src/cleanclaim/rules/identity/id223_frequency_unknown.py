"""The frequency of the claim is none that professional claims use.

1 is a first claim, 7 replaces and 8 voids an earlier one; clearinghouses take no other.

Not flagged: 7 or 8 to a payer who takes none (ID222).
Fix: none; say what the claim is.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, one_of, unknown
from cleanclaim.sources import page

rule = Rule(
    code="ID223",
    name="frequency-unknown",
    over="claims",
    severity=Severity.REJECT,
    flag=one_of(col.frequency_code, ["1", "7", "8"]).not_(),
    message="frequency {frequency_code}, a professional claim knows 1, 7 and 8",
    concept="frequency-unknown",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "Stedi", "Change log of claim edits", "claim frequency: 1, 7 and 8 are accepted", read_on=date(2026, 11, 21)
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
        """),
        good("""
            visit 2026-03-04 aetna frequency_code=8 original_reference=R77
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 aetna frequency_code=6
              97110 GP x2 30min
            """,
            at="claim",
            says="frequency 6, a professional claim knows 1, 7 and 8",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b frequency_code=?
              97110 GP x2 30min
            """,
            lacks="7 replacement",
        ),
        good("""
            visit 2026-03-04 aetna frequency_code=7 original_reference=R7
              97110 GP x2 30min
        """),
        good("""
            visit 2026-03-04 aetna frequency_code=8 original_reference=R7
              97110 GP x2 30min
        """),
    ),
)
