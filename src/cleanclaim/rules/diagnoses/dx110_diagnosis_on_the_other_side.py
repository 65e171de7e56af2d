"""A diagnosis names one side of the body, and the visit treated only the other.

A reviewer who reads the note beside the claim denies it, or takes the payment back: the record does not support the
diagnosis.

Not flagged: a visit that treated both sides or names none; a claim that also has a diagnosis of the side treated.
Fix: none is proposed; either the diagnosis or the note's side is wrong.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, one_of, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="DX110",
    name="diagnosis-on-the-other-side",
    over="diagnoses",
    severity=Severity.RECOUP,
    applies=one_of(col.diagnosis_side, ["right", "left"]),
    flag=((col.diagnosis_side == "right") & col.treated_left & col.treated_right.not_() & col.diagnosed_left.not_())
    | ((col.diagnosis_side == "left") & col.treated_right & col.treated_left.not_() & col.diagnosed_right.not_()),
    message="{diagnosis_as_written} names the {diagnosis_side} side; the visit treated the other",
    concept="diagnosis-side-conflict",
    dollars=col.claim_allowed_cents,
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
              dx M25.561
              97110 GP x2 30min
              did 97110 30min side=left
            """,
            at="diagnosis 1",
            says="M25.561 names the right side; the visit treated the other",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b
              dx M54.50 M25.562
              97110 GP x2 30min
              did 97110 15min side=right
              did 97110 15min
            """,
            at="diagnosis 2",
            says="M25.562 names the left side; the visit treated the other",
        ),
        good("""
            visit 2026-03-04 medicare_b
              dx M25.561
              97110 GP x2 30min
              did 97110 30min side=right
        """),
        good("""
            visit 2026-03-04 medicare_b
              dx M25.561
              97110 GP x2 30min
              did 97110 30min side=bilateral
        """),
        good("""
            visit 2026-03-04 medicare_b
              dx M25.561
              97110 GP x2 30min
        """),
        good("""
            visit 2026-03-04 medicare_b
              dx M25.561 M25.512
              97110 GP x2 30min
              did 97110 30min side=left
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              dx M54.50
              97110 GP x2 30min
              did 97110 30min side=left
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b
              dx M25.561
              97110 GP x2 30min
              did 97110 15min side=left
              did 97110 15min side=?
            """,
            lacks="side of each service",
        ),
        good("""
            visit 2026-03-04 medicare_b
              dx M25.562
              97110 GP x2 30min
              did 97110 30min side=left
        """),
        good("""
            visit 2026-03-04 medicare_b
              dx M25.562
              97110 GP x2 30min
              did 97110 30min side=bilateral
        """),
        good("""
            visit 2026-03-04 medicare_b
              dx M25.562
              97110 GP x2 30min
        """),
        good("""
            visit 2026-03-04 medicare_b
              dx M25.562 M25.511
              97110 GP x2 30min
              did 97110 30min side=right
        """),
    ),
)
