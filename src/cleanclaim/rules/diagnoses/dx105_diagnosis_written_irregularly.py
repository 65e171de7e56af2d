"""A diagnosis is written with its dot missing or in the wrong place, or with spaces or small letters.

The claim file carries no dots, so the payer never sees this; but people who read the claim, and programs that look a
code up as typed, miss it.

Not flagged: text that is no code at all (DX106).
Fix: write the code with its dot after the third character; SAFE, because the code stays the same.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Fix, Rule, Safety, Severity, bad, exempt, good, unknown
from cleanclaim.sources import page

rule = Rule(
    code="DX105",
    name="diagnosis-written-irregularly",
    over="diagnoses",
    severity=Severity.ADVICE,
    applies=col.diagnosis_is_well_formed,
    flag=col.diagnosis != col.diagnosis_as_written,
    message="{diagnosis} is written {diagnosis_as_written}",
    concept="diagnosis-dots",
    sources=(
        page(
            "CMS and CDC/NCHS",
            "ICD-10-CM code lists, fiscal years 2025 to 2027",
            "order files and addenda, billable or header by year",
            read_on=date(2026, 11, 21),
        ),
    ),
    fix=Fix(
        Safety.SAFE,
        title="Write the code with its dot after the third character",
        field="diagnosis",
        new=col.diagnosis_as_written,
    ),
    examples=(
        bad(
            """
            visit 2026-03-04 medicare_b
              dx M5450
              97110 GP x2 30min
            """,
            at="diagnosis 1",
            says="M5450 is written M54.50",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b
              dx M54.50 m25.561
              97110 GP x2 30min
            """,
            at="diagnosis 2",
            says="m25.561 is written M25.561",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b
              dx M545.0
              97110 GP x2 30min
            """,
            at="diagnosis 1",
            says="M545.0 is written M54.50",
        ),
        good("""
            visit 2026-03-04 medicare_b
              dx M54.50 G20.A1
              97110 GP x2 30min
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              dx lumbago
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b
              dx ?
              97110 GP x2 30min
            """,
            lacks="the code as typed",
        ),
    ),
)
