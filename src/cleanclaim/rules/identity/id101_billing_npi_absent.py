"""The claim names no NPI of the clinic.

Without the billing provider's NPI a claim is turned away before anyone reads it.

Not flagged: a number that is there and wrong (ID102, ID103).
Fix: none; the clinic's record has its NPI.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, unknown
from cleanclaim.sources import page

rule = Rule(
    code="ID101",
    name="billing-npi-absent",
    over="claims",
    severity=Severity.REJECT,
    flag=col.billing_npi_state == "absent",
    message="no NPI of the clinic",
    concept="billing-npi-missing",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "X12",
            "837P 005010X222A1",
            "billing provider: NPI required; read in the map of pyx12 4.0.0",
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
            visit 2026-03-04 medicare_b billing_npi=none
              97110 GP x2 30min
            """,
            at="claim",
            says="no NPI of the clinic",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b billing_npi=?
              97110 GP x2 30min
            """,
            lacks="NPI",
        ),
    ),
)
