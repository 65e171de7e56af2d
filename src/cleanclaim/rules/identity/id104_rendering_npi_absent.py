"""A clinic bills without naming the therapist.

Where an organization bills, the claim must say which therapist rendered the service; the payer turns it away or
denies it for want of a rendering provider.

Not flagged: a therapist who bills under the own NPI, where the billing provider is the rendering one.
Fix: none; the visit says who treated.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, one_of, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="ID104",
    name="rendering-npi-absent",
    over="claims",
    severity=Severity.REJECT,
    applies=one_of(col.billing_taxonomy_role, ["clinic", "organization"]),
    flag=col.rendering_npi_state == "absent",
    message="the clinic bills, and no therapist is named",
    concept="rendering-npi-missing",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "X12",
            "837P 005010X222A1",
            "rendering provider: required where it differs from the billing provider",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
        page(
            "X12",
            "Claim adjustment reason codes, list of 2024-06",
            "code 16: information is missing",
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
            visit 2026-03-04 medicare_b rendering_npi=none
              97110 GP x2 30min
            """,
            at="claim",
            says="the clinic bills, and no therapist is named",
        ),
        exempt("""
            visit 2026-03-04 medicare_b rendering_npi=none billing_taxonomy=225100000X
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b rendering_npi=?
              97110 GP x2 30min
            """,
            lacks="NPI",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b rendering_npi=none billing_taxonomy=?
              97110 GP x2 30min
            """,
            lacks="taxonomy",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b billing_taxonomy=193200000X rendering_npi=none
              97110 GP x2 30min
            """,
            at="claim",
            says="the clinic bills, and no therapist is named",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b billing_taxonomy=282N00000X rendering_npi=none
              97110 GP x2 30min
            """,
            at="claim",
            says="the clinic bills, and no therapist is named",
        ),
    ),
)
