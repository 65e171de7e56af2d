"""The therapist is named with the taxonomy of an assistant.

Assistants do not render on a claim, so payers who check the taxonomy deny it.

Not flagged: an assistant named by credential (ID112).
Fix: none; the enrollment tells the therapist's code.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="ID120",
    name="rendering-taxonomy-of-an-assistant",
    over="claims",
    severity=Severity.DENY,
    flag=col.rendering_taxonomy_role == "assistant",
    message="taxonomy {rendering_taxonomy} of the therapist is that of an assistant",
    concept="taxonomy-not-a-therapist",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "National Uniform Claim Committee",
            "Health care provider taxonomy code set",
            "version 25.1",
            read_on=date(2026, 11, 21),
            url="https://taxonomy.nucc.org",
        ),
        page(
            "X12",
            "Claim adjustment reason codes, list of 2024-06",
            "code 8: procedure and provider type or taxonomy do not fit",
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
            visit 2026-03-04 medicare_b rendering_taxonomy=225200000X
              97110 GP x2 30min
            """,
            at="claim",
            says="taxonomy 225200000X of the therapist is that of an assistant",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b rendering_taxonomy=224Z00000X
              97110 GP x2 30min
            """,
            at="claim",
            says="taxonomy 224Z00000X of the therapist is that of an assistant",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b rendering_taxonomy=?
              97110 GP x2 30min
            """,
            lacks="taxonomy",
        ),
    ),
)
