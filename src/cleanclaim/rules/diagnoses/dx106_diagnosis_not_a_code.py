"""A diagnosis is text that cannot be an ICD-10-CM code.

A code is a letter, a digit and one to five letters or digits. A word, or a code of the list before 2015 (724.2), is
turned away at the door.

Not flagged: a code with its dot in the wrong place (DX105), or one of the right shape that no list has (DX101).
Fix: none is proposed.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, unknown
from cleanclaim.sources import page

rule = Rule(
    code="DX106",
    name="diagnosis-not-a-code",
    over="diagnoses",
    severity=Severity.REJECT,
    flag=col.diagnosis_is_well_formed.not_(),
    message="{diagnosis} has not the shape of an ICD-10-CM code",
    concept="diagnosis-not-a-code",
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
              dx 724.2
              97110 GP x2 30min
            """,
            at="diagnosis 1",
            says="724.2 has not the shape of an ICD-10-CM code",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b
              dx M54.50 lumbago
              97110 GP x2 30min
            """,
            at="diagnosis 2",
            says="lumbago has not the shape of an ICD-10-CM code",
        ),
        good("""
            visit 2026-03-04 medicare_b
              dx M5450 M99.999
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b
              dx ?
              97110 GP x2 30min
            """,
            lacks="listed diagnosis",
        ),
    ),
)
