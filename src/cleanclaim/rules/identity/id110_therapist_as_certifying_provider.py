"""The therapist is named as the provider who certified the plan.

A physician, nurse practitioner, clinical nurse specialist or physician assistant certifies; a therapist cannot certify
the own plan. Medicare denies the claim, or takes it back on review.

Not flagged: payers who ask for no certifying provider.
Fix: none; the plan of care tells who certified it.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import manual, page

rule = Rule(
    code="ID110",
    name="therapist-as-certifying-provider",
    over="claims",
    severity=Severity.DENY,
    applies=col.referring_npi_state != "absent",
    flag=(col.referring_npi == col.rendering_npi) & col.payer_certifying_provider_required,
    message="NPI {referring_npi} certified the plan and rendered the service",
    concept="certifier-is-therapist",
    dollars=col.claim_allowed_cents,
    sources=(
        manual("100-02", "ch. 15 §220.1.3: who certifies, read in a copy", read_on=date(2026, 11, 21)),
        page(
            "Noridian Healthcare Solutions",
            "Outpatient therapy",
            "the certifying physician or practitioner is the referring provider; one NPI a claim is edited for",
            read_on=date(2026, 11, 21),
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b referring_npi=1245319599
              97110 GP x2 30min
            """,
            at="claim",
            says="NPI 1245319599 certified the plan and rendered the service",
        ),
        exempt("""
            visit 2026-03-04 medicare_b referring_npi=none
              97110 GP x2 30min
        """),
        good("""
            visit 2026-03-04 cash referring_npi=1245319599
              97110 GP x2 30min
        """),
        good("""
            visit 2026-03-04 aetna
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 aetna referring_npi=1245319599
              97110 GP x2 30min
            """,
            lacks="payer's file",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b rendering_npi=?
              97110 GP x2 30min
            """,
            lacks="the therapist the claim names",
        ),
    ),
)
