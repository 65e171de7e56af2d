"""A diagnosis lacks the 7th character that its category wants.

Injuries and some other categories take a 7th character that says where treatment stands: A for active treatment, D
for recovery (the usual one in therapy), S for a late effect; fractures take more. Shorter codes are filled with X.
Without it the payer's front end turns the claim away.

Not flagged: categories without 7th characters.
Fix: none is proposed; which character holds is for the note to say.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import page

rule = Rule(
    code="DX107",
    name="seventh-character-missing",
    over="diagnoses",
    severity=Severity.REJECT,
    applies=col.diagnosis_is_well_formed & (col.diagnosis_state != "unknown code"),
    flag=col.seventh_is_missing,
    message="{diagnosis_as_written} lacks its 7th character, one of {seventh_choices}",
    concept="seventh-character-missing",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "CDC/NCHS",
            "ICD-10-CM Tabular List of Diseases and Injuries, April 1, 2026",
            "7th character definitions",
            read_on=date(2026, 11, 21),
        ),
    ),
    examples=(
        bad(
            """
            visit 2026-03-04 medicare_b
              dx S83.511
              97110 GP x2 30min
            """,
            at="diagnosis 1",
            says="S83.511 lacks its 7th character, one of A, D, S",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b
              dx M54.50 S42.201
              97110 GP x2 30min
            """,
            at="diagnosis 2",
            says="S42.201 lacks its 7th character, one of A, B, D, G, K, P, S",
        ),
        good("""
            visit 2026-03-04 medicare_b
              dx S83.511D S42.201D M25.561
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2024-09-30 medicare_b
              dx S83.511
              97110 GP x2 30min
            """,
            lacks="ICD-10-CM",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              dx 724.2
              97110 GP x2 30min
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              dx S83.581
              97110 GP x2 30min
        """),
    ),
)
