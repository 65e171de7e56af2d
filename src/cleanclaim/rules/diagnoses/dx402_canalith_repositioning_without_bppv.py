"""Canalith repositioning (95992) is not linked to benign paroxysmal positional vertigo.

95992 treats one condition. A line that points to dizziness or another vertigo is denied by the payer that looks.

Not flagged: H81.10 to H81.13 among the diagnoses the line points to.
Fix: none is proposed; the diagnosis must be the one the note documents.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, any_starts_with, bad, exempt, good, one_of, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="DX402",
    name="canalith-repositioning-without-bppv",
    over="lines",
    severity=Severity.DENY,
    applies=one_of(col.code, ["95992"]),
    flag=any_starts_with(col.linked_diagnoses, ["H81.1"]).not_(),
    message="{code} points to {linked_diagnoses}; it goes with positional vertigo, H81.1-",
    concept="procedure-diagnosis-misfit",
    dollars=col.allowed_cents,
    sources=(
        page(
            "NGS Medicare, by the Academy of Neurologic Physical Therapy",
            "Canalith repositioning, 95992",
            "linked to H81.10-H81.13",
            read_on=date(2026, 11, 21),
            confidence=Confidence.SECONDARY,
        ),
    ),
    examples=(
        bad(
            """
            visit 2026-03-04 medicare_b
              dx R42
              95992 GP x1 15min
            """,
            at="line 1",
            says="95992 points to R42; it goes with positional vertigo, H81.1-",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b
              dx M54.2 H81.11
              95992 GP x1 15min dx=1
            """,
            at="line 1",
            says="95992 points to M54.2; it goes with positional vertigo, H81.1-",
        ),
        good("""
            visit 2026-03-04 medicare_b
              dx M54.2 H81.11
              95992 GP x1 15min dx=2
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              dx R42
              97112 GP x1 15min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b
              dx H81.11
              95992 GP x1 15min dx=?
            """,
            lacks="points to",
        ),
    ),
)
