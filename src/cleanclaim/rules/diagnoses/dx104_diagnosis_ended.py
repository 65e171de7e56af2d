"""A diagnosis code ended before the date of service.

A code that ends on September 30 is turned away for every later date of service, however long the patient has been
under treatment with it. M72.2 (plantar fasciitis) ended on 2026-09-30, G35 and R10.2 on 2025-09-30.

Not flagged: the last day of the code and earlier.
Fix: none is proposed; what took its place is named, and which of them holds (which foot, which course) is for the note
to say.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, unknown
from cleanclaim.sources import page

rule = Rule(
    code="DX104",
    name="diagnosis-ended",
    over="diagnoses",
    severity=Severity.REJECT,
    applies=col.diagnosis_is_well_formed,
    flag=col.diagnosis_state == "ended",
    message="{diagnosis_as_written} ended on {diagnosis_ended_on}; for {date_of_service} look at {diagnosis_instead}",
    concept="diagnosis-ended",
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
            visit 2026-10-01 medicare_b
              dx M72.2
              97110 GP x2 30min
            """,
            at="diagnosis 1",
            says="M72.2 ended on 2026-09-30; for 2026-10-01 look at M67.A01, M67.A02, M67.A09, M72.21 …",
        ),
        good("""
            visit 2026-09-30 medicare_b
              dx M72.2
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2025-10-01 medicare_b
              dx G35
              97110 GP x2 30min
            """,
            at="diagnosis 1",
            says="G35 ended on 2025-09-30; for 2025-10-01 look at G35.D, G35.A, G35.B0, G35.B1 …",
        ),
        good("""
            visit 2025-09-30 medicare_b
              dx G35 R10.2
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2025-10-01 medicare_b
              dx M54.50 R10.2
              97110 GP x2 30min
            """,
            at="diagnosis 2",
            says="R10.2 ended on 2025-09-30; for 2025-10-01 look at R10.21, R10.22, R10.23, R10.24 …",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b
              dx M54.5
              97110 GP x2 30min
            """,
            at="diagnosis 1",
            says="M54.5 ended on 2021-09-30; for 2026-03-04 look at M54.50, M54.51, M54.59",
        ),
        unknown(
            """
            visit 2027-10-01 medicare_b
              dx M72.2
              97110 GP x2 30min
            """,
            lacks="ICD-10-CM",
        ),
    ),
)
