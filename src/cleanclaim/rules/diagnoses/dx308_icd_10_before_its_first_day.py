"""An ICD-10-CM code is billed for a day before ICD-10-CM.

Until September 30, 2015 claims were coded in ICD-9-CM, by date of service. Old claims that are sent again keep the
old codes.

Not flagged: codes that begin with V or E, which both code sets have.
Fix: none; the old claim or record has the code.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, between, exempt, good, starts_with, unknown
from cleanclaim.sources import Confidence, regulation

rule = Rule(
    code="DX308",
    name="icd-10-before-its-first-day",
    over="diagnoses",
    severity=Severity.REJECT,
    applies=starts_with(col.diagnosis, ["V", "E"]).not_(),
    effective=between(date(1979, 1, 1), date(2015, 9, 30)),
    flag=col.diagnosis_is_well_formed,
    message="{diagnosis_as_written} is an ICD-10-CM code; {date_of_service} is coded in ICD-9-CM",
    concept="icd-10-before-its-date",
    dollars=col.claim_allowed_cents,
    sources=(
        regulation(
            "45 CFR 162.1002",
            "(b) ICD-9-CM through September 30, 2015; (c) ICD-10-CM from October 1, 2015",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
    ),
    examples=(
        bad(
            """
            visit 2015-09-30 medicare_b
              dx M54.5
              97110 GP x2 30min
            """,
            at="diagnosis 1",
            says="M54.5 is an ICD-10-CM code; 2015-09-30 is coded in ICD-9-CM",
        ),
        good("""
            visit 2015-09-30 medicare_b
              dx 724.2
              97110 GP x2 30min
        """),
        exempt("""
            visit 2015-10-01 medicare_b
              dx M54.5
              97110 GP x2 30min
        """),
        exempt("""
            visit 2015-09-30 medicare_b
              dx V54.81
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2015-09-30 medicare_b
              dx ?
              97110 GP x2 30min
            """,
            lacks="ICD-10-CM",
        ),
    ),
)
