"""The code of a germ stands first, before the disease it causes.

Codes B95 to B97 name the germ behind a disease coded elsewhere; the disease goes first.

Not flagged: such codes behind another.
Fix: none is proposed; the disease must be known and documented.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, unknown
from cleanclaim.sources import page

rule = Rule(
    code="DX204",
    name="organism-first",
    over="diagnoses",
    severity=Severity.REJECT,
    applies=col.position == 1,
    flag=col.is_organism,
    message="{diagnosis_as_written} stands first; it names a germ and goes after the disease",
    concept="organism-first",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "CDC/NCHS",
            "ICD-10-CM Tabular List of Diseases and Injuries, April 1, 2026",
            "note of block B95-B97",
            read_on=date(2026, 11, 21),
        ),
    ),
    examples=(
        bad(
            """
            visit 2026-03-04 medicare_b
              dx B95.61 L03.115
              97110 GP x2 30min
            """,
            at="diagnosis 1",
            says="B95.61 stands first; it names a germ and goes after the disease",
        ),
        good("""
            visit 2026-03-04 medicare_b
              dx L03.115 B95.61
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
