"""The tax id of the clinic is not nine digits.

An employer number or a social security number has nine digits, with or without its dashes.

Not flagged: no tax id at all (ID114).
Fix: none; the clinic's record has it.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="ID115",
    name="tax-id-malformed",
    over="claims",
    severity=Severity.REJECT,
    applies=col.billing_tax_id != "",
    flag=col.billing_tax_id.str.contains(r"^([0-9]{9}|[0-9]{2}-[0-9]{7}|[0-9]{3}-[0-9]{2}-[0-9]{4})$").not_(),
    message="the tax id of the clinic is not nine digits",
    concept="tax-id-invalid",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "X12", "837P 005010X222A1", "tax id: nine digits", read_on=date(2026, 11, 21), confidence=Confidence.MEMORY
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b billing_tax_id=12-3456789
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b billing_tax_id=12345678
              97110 GP x2 30min
            """,
            at="claim",
            says="the tax id of the clinic is not nine digits",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b billing_tax_id=12345678X
              97110 GP x2 30min
            """,
            at="claim",
            says="the tax id of the clinic is not nine digits",
        ),
        exempt("""
            visit 2026-03-04 medicare_b billing_tax_id=none
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b billing_tax_id=?
              97110 GP x2 30min
            """,
            lacks="tax id",
        ),
    ),
)
