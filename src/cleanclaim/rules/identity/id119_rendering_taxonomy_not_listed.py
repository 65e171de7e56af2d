"""The taxonomy code of the therapist is not in the published list.

Clearinghouses hold the code against the list and turn away one that is not there. The list read is version 25.1.

Not flagged: a code in the wrong form (ID118).
Fix: none; the enrollment tells the code.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, unknown
from cleanclaim.sources import page

rule = Rule(
    code="ID119",
    name="rendering-taxonomy-not-listed",
    over="claims",
    severity=Severity.REJECT,
    flag=col.rendering_taxonomy_state == "not_listed",
    message="taxonomy {rendering_taxonomy} of the therapist is not in the list of version 25.1",
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
            visit 2026-03-04 medicare_b rendering_taxonomy=225109999X
              97110 GP x2 30min
            """,
            at="claim",
            says="taxonomy 225109999X of the therapist is not in the list of version 25.1",
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
