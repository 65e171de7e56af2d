"""A diagnosis code is in no ICD-10-CM list.

The payer's front end turns the claim away, because no list of the years read has the code. Most often a digit is
wrong or missing.

Not flagged: text that has not the shape of a code (DX106); a 7th character that the category does not take (DX108);
dates of service outside the lists that were read, which are no data.
Fix: none is proposed; the codes that begin alike are named, the note decides.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import page

rule = Rule(
    code="DX101",
    name="unknown-diagnosis-code",
    over="diagnoses",
    severity=Severity.REJECT,
    applies=col.diagnosis_is_well_formed & col.seventh_is_foreign.not_(),
    flag=col.diagnosis_state == "unknown code",
    message="{diagnosis_as_written} is in no ICD-10-CM list for {date_of_service}; codes that begin alike: "
    "{diagnosis_instead}",
    concept="diagnosis-unknown",
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
              dx M25.564
              97110 GP x2 30min
            """,
            at="diagnosis 1",
            says="M25.564 is in no ICD-10-CM list for 2026-03-04; codes that begin alike: M25.561, M25.562, M25.569",
        ),
        bad(
            """
            visit 2024-10-01 medicare_b
              dx M54.50 M99.999
              97110 GP x2 30min
            """,
            at="diagnosis 2",
            says="M99.999 is in no ICD-10-CM list for 2024-10-01; codes that begin alike: none",
        ),
        good("""
            visit 2026-03-04 medicare_b
              dx M25.561
              97110 GP x2 30min
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              dx 724.2
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2024-09-30 medicare_b
              dx M17.11
              97110 GP x2 30min
            """,
            lacks="ICD-10-CM",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b
              dx ?
              97110 GP x2 30min
            """,
            lacks="listed diagnosis",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              dx S83.511G
              97110 GP x2 30min
        """),
    ),
)
