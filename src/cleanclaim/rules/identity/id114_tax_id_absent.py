"""The claim names no tax id of the clinic.

Payers pay a tax id and turn away a claim without one.

Not flagged: a tax id that is not nine digits (ID115).
Fix: none; the clinic's record has it.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, unknown
from cleanclaim.sources import page

rule = Rule(
    code="ID114",
    name="tax-id-absent",
    over="claims",
    severity=Severity.REJECT,
    flag=col.billing_tax_id == "",
    message="no tax id of the clinic",
    concept="tax-id-missing",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "X12",
            "837P 005010X222A1",
            "billing provider: EI or SY required; read in the map of pyx12 4.0.0",
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
            visit 2026-03-04 medicare_b billing_tax_id=none
              97110 GP x2 30min
            """,
            at="claim",
            says="no tax id of the clinic",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b billing_tax_id=?
              97110 GP x2 30min
            """,
            lacks="tax id",
        ),
    ),
)
