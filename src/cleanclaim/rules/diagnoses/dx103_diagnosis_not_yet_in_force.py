"""A diagnosis code begins after the date of service.

New codes hold from October 1 (some from April 1) by date of service, not by the day the claim is sent. The payer's
front end turns the claim away.

Not flagged: the first day of the code and later.
Fix: none is proposed; the code of that day is named where it is known, the note decides.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, unknown
from cleanclaim.sources import page

rule = Rule(
    code="DX103",
    name="diagnosis-not-yet-in-force",
    over="diagnoses",
    severity=Severity.REJECT,
    applies=col.diagnosis_is_well_formed,
    flag=col.diagnosis_state == "not yet",
    message="{diagnosis_as_written} begins on {diagnosis_begins_on}; for {date_of_service} look at {diagnosis_instead}",
    concept="diagnosis-not-yet",
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
            visit 2026-09-30 medicare_b
              dx M67.A01
              97110 GP x2 30min
            """,
            at="diagnosis 1",
            says="M67.A01 begins on 2026-10-01; for 2026-09-30 look at M72.2",
        ),
        good("""
            visit 2026-10-01 medicare_b
              dx M67.A01
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2025-09-30 medicare_b
              dx G35.D
              97110 GP x2 30min
            """,
            at="diagnosis 1",
            says="G35.D begins on 2025-10-01; for 2025-09-30 look at G35",
        ),
        good("""
            visit 2025-10-01 medicare_b
              dx G35.D
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2021-09-30 medicare_b
              dx M54.50
              97110 GP x2 30min
            """,
            at="diagnosis 1",
            says="M54.50 begins on 2021-10-01; for 2021-09-30 look at M54.5",
        ),
        unknown(
            """
            visit 2027-10-01 medicare_b
              dx M67.A01
              97110 GP x2 30min
            """,
            lacks="ICD-10-CM",
        ),
    ),
)
