"""A diagnosis ends in a 7th character that its category does not take.

G (healing late) belongs to fractures, not to sprains; the payer's front end turns the claim away.

Not flagged: the characters that the nearest definition above the code lists.
Fix: none is proposed; which character holds is for the note to say.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, unknown
from cleanclaim.sources import page

rule = Rule(
    code="DX108",
    name="seventh-character-not-in-set",
    over="diagnoses",
    severity=Severity.REJECT,
    applies=col.diagnosis_is_well_formed,
    flag=col.seventh_is_foreign & (col.diagnosis_state == "unknown code"),
    message="{diagnosis_as_written} ends in a 7th character that its category does not take; it takes "
    "{seventh_choices}",
    concept="seventh-character-foreign",
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
              dx S83.511G
              97110 GP x2 30min
            """,
            at="diagnosis 1",
            says="S83.511G ends in a 7th character that its category does not take; it takes A, D, S",
        ),
        good("""
            visit 2026-03-04 medicare_b
              dx S83.511D S82.101G
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
        good("""
            visit 2026-03-04 medicare_b
              dx M25.564
              97110 GP x2 30min
        """),
    ),
)
