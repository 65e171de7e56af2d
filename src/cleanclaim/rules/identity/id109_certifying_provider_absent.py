"""The claim names no physician or practitioner who certified the plan.

On a therapy claim Medicare wants the provider who certified the plan of care as referring provider, with NPI; a claim
without is returned.

Not flagged: payers who ask for none.
Fix: none; the plan of care tells who certified it.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, unknown
from cleanclaim.sources import page

rule = Rule(
    code="ID109",
    name="certifying-provider-absent",
    over="claims",
    severity=Severity.REJECT,
    flag=(col.referring_npi_state == "absent") & col.payer_certifying_provider_required,
    message="no certifying provider on the claim, the payer wants one",
    concept="referring-provider-missing",
    dollars=col.claim_allowed_cents,
    sources=(
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
            visit 2026-03-04 medicare_b referring_npi=none
              97110 GP x2 30min
            """,
            at="claim",
            says="no certifying provider on the claim, the payer wants one",
        ),
        good("""
            visit 2026-03-04 cash referring_npi=none
              97110 GP x2 30min
        """),
        good("""
            visit 2026-03-04 aetna
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b referring_npi=?
              97110 GP x2 30min
            """,
            lacks="NPI",
        ),
        unknown(
            """
            visit 2026-03-04 aetna referring_npi=none
              97110 GP x2 30min
            """,
            lacks="payer's file",
        ),
    ),
)
