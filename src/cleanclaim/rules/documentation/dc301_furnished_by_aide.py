"""A code is billed that only an aide furnished.

What an aide does is not skilled therapy, whoever supervised it. No payer owes for it, and Medicare takes it back.

Not flagged: an aide who helped while a therapist or assistant furnished the service.
Fix: none; take the line off, or correct who furnished the service.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="DC301",
    name="furnished-by-aide",
    over="day_codes",
    severity=Severity.RECOUP,
    applies=(col.billed_units > 0) & (col.services_furnished > 0),
    flag=col.furnished_by_aide_only,
    message="{day_code} billed with {billed_units:count unit}, furnished by an aide only; that is not skilled therapy",
    concept="aide-furnished",
    dollars=col.day_code_allowed_cents,
    sources=(
        page(
            "Therapy Comply",
            "Students and aides under Medicare Part B, 2023",
            "aides",
            read_on=date(2026, 11, 21),
            confidence=Confidence.SECONDARY,
        ),
        page(
            "Noridian Healthcare Solutions",
            "Therapy students and aides",
            "title of the page",
            read_on=date(2026, 11, 21),
            confidence=Confidence.SECONDARY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
              did 97110 20min by=PT
              did 97110 10min by=aide
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
              97140 GP x1 15min
              did 97110 15min by=aide
              did 97140 15min by=PT
            """,
            at="97110",
            says="97110 billed with 1 unit, furnished by an aide only; that is not skilled therapy",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
              did 97110 15min by=?
            """,
            lacks="who furnished",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              97140 GP x1 15min
              did 97110 15min by=aide
        """),
    ),
)
