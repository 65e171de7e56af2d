"""A replacement or void does not name the claim it answers.

The payer finds the earlier claim by its own number; without it the new one is turned away, or denied as a duplicate.

Not flagged: first claims.
Fix: none; the payer's remittance has the number.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, one_of, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="ID220",
    name="original-reference-absent",
    over="claims",
    severity=Severity.REJECT,
    applies=one_of(col.frequency_code, ["7", "8"]),
    flag=col.original_reference == "",
    message="frequency {frequency_code} without the payer's number of the earlier claim",
    concept="original-reference-missing",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "X12",
            "837P 005010X222A1",
            "frequency 7 and 8 with REF F8",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 aetna frequency_code=7 original_reference=R77
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 aetna frequency_code=7
              97110 GP x2 30min
            """,
            at="claim",
            says="frequency 7 without the payer's number of the earlier claim",
        ),
        bad(
            """
            visit 2026-03-04 aetna frequency_code=8
              97110 GP x2 30min
            """,
            at="claim",
            says="frequency 8 without the payer's number of the earlier claim",
        ),
        exempt("""
            visit 2026-03-04 aetna frequency_code=1
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 aetna frequency_code=7 original_reference=?
              97110 GP x2 30min
            """,
            lacks="claim replaced",
        ),
    ),
)
