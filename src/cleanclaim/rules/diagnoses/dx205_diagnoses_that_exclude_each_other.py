"""Two diagnoses stand together that ICD-10-CM keeps apart (Excludes1).

The note says that the second condition is part of the first, or is coded instead of it. Payers that run these edits
deny the claim.

Not flagged: one code on the right and one on the left, which have nothing to do with each other; Excludes2, which
allows both.
Fix: none is proposed; which of the two the patient has is for the therapist to say. Two conditions that truly have
nothing to do with each other may stay.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="DX205",
    name="diagnoses-that-exclude-each-other",
    over="diagnoses",
    severity=Severity.DENY,
    flag=col.is_kept_apart,
    message="{diagnosis_as_written} beside {kept_apart_from}; by {diagnosis_notes}, under {kept_apart_by}, they are "
    "not coded together",
    concept="excludes1",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "CDC/NCHS",
            "ICD-10-CM Tabular List of Diseases and Injuries, April 1, 2026",
            "Excludes1 notes",
            read_on=date(2026, 11, 21),
        ),
        page(
            "UnitedHealthcare",
            "Diagnosis coding edits",
            "Excludes1 pairs",
            read_on=date(2026, 11, 21),
            confidence=Confidence.SECONDARY,
        ),
    ),
    examples=(
        bad(
            """
            visit 2026-03-04 medicare_b
              dx M54.50 S39.012D
              97110 GP x2 30min
            """,
            at="diagnosis 2",
            says="S39.012D beside M54.50; by the notes of 2026-04-01, under M54.5, they are not coded together",
        ),
        bad(
            """
            visit 2026-09-30 medicare_b
              dx H81.11 M54.2 R42
              97110 GP x2 30min
            """,
            at="diagnosis 3",
            says="R42 beside H81.11; by the notes of 2026-04-01, under R42, they are not coded together",
        ),
        bad(
            """
            visit 2026-10-01 medicare_b
              dx R42 H81.11
              97110 GP x2 30min
            """,
            at="diagnosis 2",
            says="H81.11 beside R42; by the notes of 2026-04-01 (unconfirmed for 2026-10-01), under H81, they are "
            "not coded together",
        ),
        good("""
            visit 2026-03-04 medicare_b
              dx M54.50 M25.561 M79.651
              97110 GP x2 30min
        """),
        good("""
            visit 2026-03-04 medicare_b
              dx M75.121 S46.012D
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b
              dx ? S39.012D
              97110 GP x2 30min
            """,
            lacks="every diagnosis",
        ),
    ),
)
