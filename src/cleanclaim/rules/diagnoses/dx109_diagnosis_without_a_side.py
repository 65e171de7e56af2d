"""A diagnosis leaves the side of the body open, though codes that name it stand beside it.

A therapist knows which knee was treated. Payers ask for records, or deny, when the side is not specified.

Not flagged: codes whose category knows no sides.
Fix: none is proposed; the note says which side.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="DX109",
    name="diagnosis-without-a-side",
    over="diagnoses",
    severity=Severity.ADVICE,
    flag=col.diagnosis_side == "unspecified",
    message="{diagnosis_as_written} leaves the side open; {diagnosis_by_side} name it",
    concept="diagnosis-side-unspecified",
    sources=(
        page(
            "CMS and CDC/NCHS",
            "ICD-10-CM Official Guidelines for Coding and Reporting",
            "laterality, section I.B.13",
            read_on=date(2026, 11, 21),
            confidence=Confidence.SECONDARY,
        ),
    ),
    examples=(
        bad(
            """
            visit 2026-03-04 medicare_b
              dx M25.569
              97110 GP x2 30min
            """,
            at="diagnosis 1",
            says="M25.569 leaves the side open; M25.561, M25.562 name it",
        ),
        good("""
            visit 2026-03-04 medicare_b
              dx M25.561 M54.50 M17.9
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b
              dx M99.999
              97110 GP x2 30min
            """,
            lacks="listed diagnosis",
        ),
    ),
)
