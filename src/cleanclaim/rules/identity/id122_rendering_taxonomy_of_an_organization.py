"""The therapist is named with the taxonomy of an organization.

The rendering provider is a person; a clinic's or group's code there is the billing provider's, copied.

Not flagged: the same code on the clinic.
Fix: none; the enrollment tells the therapist's code.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, one_of, unknown
from cleanclaim.sources import page

rule = Rule(
    code="ID122",
    name="rendering-taxonomy-of-an-organization",
    over="claims",
    severity=Severity.REJECT,
    flag=one_of(col.rendering_taxonomy_role, ["clinic", "organization"]),
    message="taxonomy {rendering_taxonomy} of the therapist is that of an organization",
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
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b rendering_taxonomy=261QP2000X
              97110 GP x2 30min
            """,
            at="claim",
            says="taxonomy 261QP2000X of the therapist is that of an organization",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b rendering_taxonomy=?
              97110 GP x2 30min
            """,
            lacks="taxonomy",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b rendering_taxonomy=282N00000X
              97110 GP x2 30min
            """,
            at="claim",
            says="taxonomy 282N00000X of the therapist is that of an organization",
        ),
    ),
)
