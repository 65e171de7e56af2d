"""A manifestation stands first, before the disease behind it.

Codes "in diseases classified elsewhere" describe what another disease does to the body; that disease goes first. Put
first, the payer turns the claim away.

Not flagged: such codes behind another; codes whose title and note disagree, which are no data.
Fix: none is proposed; the disease behind it must be known and documented.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="DX202",
    name="manifestation-first",
    over="diagnoses",
    severity=Severity.REJECT,
    applies=col.position == 1,
    flag=col.is_manifestation,
    message="{diagnosis_as_written} stands first; it is a manifestation, and the disease behind it goes first",
    concept="manifestation-first",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "CDC/NCHS",
            "ICD-10-CM Tabular List of Diseases and Injuries, April 1, 2026",
            "code-first notes",
            read_on=date(2026, 11, 21),
        ),
        page(
            "UnitedHealthcare",
            "Diagnosis coding edits",
            "manifestation first",
            read_on=date(2026, 11, 21),
            confidence=Confidence.SECONDARY,
        ),
    ),
    examples=(
        bad(
            """
            visit 2026-03-04 medicare_b
              dx G63 E53.8
              97110 GP x2 30min
            """,
            at="diagnosis 1",
            says="G63 stands first; it is a manifestation, and the disease behind it goes first",
        ),
        good("""
            visit 2026-03-04 medicare_b
              dx E53.8 G63
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b
              dx E20.811
              97110 GP x2 30min
            """,
            lacks="notes of ICD-10-CM",
        ),
    ),
)
