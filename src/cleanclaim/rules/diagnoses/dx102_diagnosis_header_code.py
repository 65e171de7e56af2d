"""A diagnosis is a header: only the more specific codes below it may be billed.

The payer's front end turns the claim away, because the code lacks the digits that say what exactly it is.

Not flagged: a code that lacks only its 7th character (DX107), or that was billable once and was split since (DX104).
Fix: none is proposed; the billable codes below are named, the note decides.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import page

rule = Rule(
    code="DX102",
    name="diagnosis-header-code",
    over="diagnoses",
    severity=Severity.REJECT,
    applies=col.diagnosis_is_well_formed & col.seventh_is_missing.not_(),
    flag=col.diagnosis_state == "header",
    message="{diagnosis_as_written} is a header; billable below it: {diagnosis_instead}",
    concept="diagnosis-header",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "CMS and CDC/NCHS",
            "ICD-10-CM code lists, fiscal years 2025 to 2027",
            "order files and addenda, billable or header by year",
            read_on=date(2026, 11, 21),
        ),
    ),
    examples=(
        bad(
            """
            visit 2026-03-04 medicare_b
              dx M25.56
              97110 GP x2 30min
            """,
            at="diagnosis 1",
            says="M25.56 is a header; billable below it: M25.561, M25.562, M25.569",
        ),
        bad(
            """
            visit 2025-10-01 medicare_b
              dx M54.50 G35.B
              97110 GP x2 30min
            """,
            at="diagnosis 2",
            says="G35.B is a header; billable below it: G35.B0, G35.B1, G35.B2",
        ),
        good("""
            visit 2026-03-04 medicare_b
              dx M25.561 M54.2
              97110 GP x2 30min
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              dx S83.511
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2027-10-01 medicare_b
              dx M25.56
              97110 GP x2 30min
            """,
            lacks="ICD-10-CM",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              dx 724.2
              97110 GP x2 30min
        """),
    ),
)
