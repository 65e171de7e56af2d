"""The taxonomy code of the therapist has not the form of one.

A taxonomy code is ten places: two digits, seven digits or letters, and an X.

Not flagged: no taxonomy code; a code in the right form that is not in the list (ID119).
Fix: none; the enrollment tells the code.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, unknown
from cleanclaim.sources import page

rule = Rule(
    code="ID118",
    name="rendering-taxonomy-malformed",
    over="claims",
    severity=Severity.REJECT,
    flag=col.rendering_taxonomy_state == "malformed",
    message="taxonomy {rendering_taxonomy} of the therapist has not the form of a taxonomy code",
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
            visit 2026-03-04 medicare_b rendering_taxonomy=225100000
              97110 GP x2 30min
            """,
            at="claim",
            says="taxonomy 225100000 of the therapist has not the form of a taxonomy code",
        ),
        good("""
            visit 2026-03-04 medicare_b rendering_taxonomy=none
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b rendering_taxonomy=?
              97110 GP x2 30min
            """,
            lacks="taxonomy",
        ),
    ),
)
