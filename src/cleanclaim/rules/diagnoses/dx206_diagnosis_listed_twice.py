"""The same diagnosis stands on a claim twice.

The second adds nothing, takes one of twelve places, and some front ends turn the claim away.

Not flagged: codes that differ in any character, such as right and left.
Fix: take the second away where it stands last; ATTEST, because lines may point to it.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Fix, Rule, Safety, Severity, bad, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="DX206",
    name="diagnosis-listed-twice",
    over="diagnoses",
    severity=Severity.REJECT,
    flag=col.is_repeated_diagnosis,
    message="{diagnosis_as_written} stands on the claim already",
    concept="diagnosis-duplicate",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "CMS and CDC/NCHS",
            "ICD-10-CM Official Guidelines for Coding and Reporting",
            "section I.B.12, each code once",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
    ),
    fix=Fix(
        Safety.ATTEST,
        title="Take the second away",
        where=col.position == col.diagnosis_count,
        may_reveal=("DX302",),
    ),
    examples=(
        bad(
            """
            visit 2026-03-04 medicare_b
              dx M54.50 M54.50
              97110 GP x2 30min
            """,
            at="diagnosis 2",
            says="M54.50 stands on the claim already",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b
              dx M25.561 M54.2 M25561
              97110 GP x2 30min dx=1,3
            """,
            at="diagnosis 3",
            says="M25.561 stands on the claim already",
        ),
        good("""
            visit 2026-03-04 medicare_b
              dx M25.561 M25.562
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b
              dx M54.50 ?
              97110 GP x2 30min
            """,
            lacks="every diagnosis",
        ),
    ),
)
