"""An injury code with S, a late effect, stands first though another diagnosis is on the claim.

What is treated now (the contracture, the pain) goes first; the old injury with S follows and says where it came from.

Not flagged: the injury with S alone, where no condition of its own is treated.
Fix: none is proposed; which diagnosis leads is for the therapist to say, and the lines' pointers follow the order.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="DX203",
    name="sequela-first",
    over="diagnoses",
    severity=Severity.DENY,
    applies=col.position == 1,
    flag=col.is_sequela & (col.diagnosis_count > 1),
    message="{diagnosis_as_written} stands first; the condition treated now goes before the late effect",
    concept="sequela-first",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "CMS and CDC/NCHS",
            "ICD-10-CM Official Guidelines for Coding and Reporting",
            "sequela, section I.B.10",
            read_on=date(2026, 11, 21),
            confidence=Confidence.SECONDARY,
        ),
    ),
    examples=(
        bad(
            """
            visit 2026-03-04 medicare_b
              dx S83.511S M24.661
              97110 GP x2 30min
            """,
            at="diagnosis 1",
            says="S83.511S stands first; the condition treated now goes before the late effect",
        ),
        good("""
            visit 2026-03-04 medicare_b
              dx M24.661 S83.511S
              97110 GP x2 30min
        """),
        good("""
            visit 2026-03-04 medicare_b
              dx S83.511S
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b
              dx ? M24.661
              97110 GP x2 30min
            """,
            lacks="listed diagnosis",
        ),
    ),
)
