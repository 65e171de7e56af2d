"""The taxonomy code of the clinic has not the form of one.

A taxonomy code is ten places: two digits, seven digits or letters, and an X.

Not flagged: no taxonomy code; a code in the right form that is not in the list (ID117).
Fix: none; the enrollment tells the code.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, unknown
from cleanclaim.sources import page

rule = Rule(
    code="ID116",
    name="billing-taxonomy-malformed",
    over="claims",
    severity=Severity.REJECT,
    flag=col.billing_taxonomy_state == "malformed",
    message="taxonomy {billing_taxonomy} of the clinic has not the form of a taxonomy code",
    concept="taxonomy-invalid",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "National Uniform Claim Committee",
            "Health care provider taxonomy code set",
            "version 25.1",
            read_on=date(2026, 11, 21),
            url="https://taxonomy.nucc.org",
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b billing_taxonomy=225100000
              97110 GP x2 30min
            """,
            at="claim",
            says="taxonomy 225100000 of the clinic has not the form of a taxonomy code",
        ),
        good("""
            visit 2026-03-04 medicare_b billing_taxonomy=none
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b billing_taxonomy=?
              97110 GP x2 30min
            """,
            lacks="taxonomy",
        ),
    ),
)
