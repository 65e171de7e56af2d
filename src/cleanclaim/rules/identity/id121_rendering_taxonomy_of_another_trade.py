"""The therapist is named with the taxonomy of a person who is no therapist.

The payer holds the rendering provider's taxonomy against the codes billed, and denies therapy under another trade.

Not flagged: physicians and practitioners by credential, who may furnish therapy; assistants (ID120).
Fix: none; the enrollment tells the therapist's code.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, one_of, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="ID121",
    name="rendering-taxonomy-of-another-trade",
    over="claims",
    severity=Severity.DENY,
    applies=one_of(col.rendering_credential, ["PT", "OT", "SLP"]),
    flag=one_of(col.rendering_taxonomy_role, ["other", "person"]),
    message="taxonomy {rendering_taxonomy} of the {rendering_credential} is no therapist's",
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
            visit 2026-03-04 medicare_b rendering_taxonomy=225700000X
              97110 GP x2 30min
            """,
            at="claim",
            says="taxonomy 225700000X of the PT is no therapist's",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b rendering_taxonomy=207Q00000X
              97110 GP x2 30min
            """,
            at="claim",
            says="taxonomy 207Q00000X of the PT is no therapist's",
        ),
        exempt("""
            visit 2026-03-04 medicare_b rendering_taxonomy=207Q00000X rendering_credential=MD
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b rendering_taxonomy=?
              97110 GP x2 30min
            """,
            lacks="taxonomy",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b discipline=OT rendering_credential=OT rendering_taxonomy=222Z00000X
              97535 GO x2 30min
            """,
            at="claim",
            says="taxonomy 222Z00000X of the OT is no therapist's",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b discipline=SLP rendering_credential=SLP rendering_taxonomy=222Z00000X
              92507 GN x1 30min
            """,
            at="claim",
            says="taxonomy 222Z00000X of the SLP is no therapist's",
        ),
    ),
)
