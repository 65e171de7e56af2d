"""The taxonomy code of the clinic is not in the published list.

Clearinghouses hold the code against the list and turn away one that is not there. The list read is version 25.1.

Not flagged: a code in the wrong form (ID116).
Fix: none; the enrollment tells the code.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, unknown
from cleanclaim.sources import page

rule = Rule(
    code="ID117",
    name="billing-taxonomy-not-listed",
    over="claims",
    severity=Severity.REJECT,
    flag=col.billing_taxonomy_state == "not_listed",
    message="taxonomy {billing_taxonomy} of the clinic is not in the list of version 25.1",
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
            visit 2026-03-04 medicare_b billing_taxonomy=225109999X
              97110 GP x2 30min
            """,
            at="claim",
            says="taxonomy 225109999X of the clinic is not in the list of version 25.1",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b billing_taxonomy=?
              97110 GP x2 30min
            """,
            lacks="taxonomy",
        ),
    ),
)
