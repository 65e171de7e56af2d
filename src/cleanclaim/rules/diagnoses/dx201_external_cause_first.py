"""A code that tells how an injury happened stands first.

Codes V00 to Y99 say how, where and at what; they go after the injury. Put first, the payer turns the claim away.

Not flagged: such codes behind another.
Fix: none is proposed; which diagnosis leads is for the therapist to say, and the lines' pointers follow the order.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="DX201",
    name="external-cause-first",
    over="diagnoses",
    severity=Severity.REJECT,
    applies=col.position == 1,
    flag=col.is_external_cause,
    message="{diagnosis_as_written} stands first; it tells how the injury happened and goes after the injury",
    concept="external-cause-first",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "CDC/NCHS",
            "ICD-10-CM Tabular List of Diseases and Injuries, April 1, 2026",
            "chapter 20 note",
            read_on=date(2026, 11, 21),
        ),
        page(
            "UnitedHealthcare",
            "Diagnosis coding edits",
            "external cause first",
            read_on=date(2026, 11, 21),
            confidence=Confidence.SECONDARY,
        ),
    ),
    examples=(
        bad(
            """
            visit 2026-03-04 medicare_b
              dx W19.XXXA S83.511D
              97110 GP x2 30min
            """,
            at="diagnosis 1",
            says="W19.XXXA stands first; it tells how the injury happened and goes after the injury",
        ),
        good("""
            visit 2026-03-04 medicare_b
              dx S83.511D W19.XXXA
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b
              dx ? W19.XXXA
              97110 GP x2 30min
            """,
            lacks="listed diagnosis",
        ),
    ),
)
