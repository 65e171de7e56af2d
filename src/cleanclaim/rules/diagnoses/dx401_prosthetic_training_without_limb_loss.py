"""Prosthetic training is billed without a diagnosis of limb loss or limb deficiency.

97761 trains a patient in the use of a prosthesis, and 97763 is the later encounter where the note speaks of one. No payer
publishes a closed list for them, but a claim whose diagnoses say nothing of a lost or missing limb is sent back for
records.

Not flagged: an amputation or its stump (Z89, T87, Z47.81), a traumatic amputation, a limb missing from birth (Q71 to
Q73), the fitting of an artificial limb (Z44.0, Z44.1); 97763 for an orthosis, or beside a replaced joint, whose
prosthesis is another.
Fix: none is proposed; either the code (an orthosis is 97760) or the diagnosis is wrong.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, any_starts_with, bad, exempt, good, one_of, unknown
from cleanclaim.sources import page

_FIT = (
    "Z89", "Z47.81", "Z44.0", "Z44.1", "T87", "Q71", "Q72", "Q73", "S48", "S58", "S68", "S78", "S88", "S98",
)  # fmt: skip

rule = Rule(
    code="DX401",
    name="prosthetic-training-without-limb-loss",
    over="lines",
    severity=Severity.ADVICE,
    applies=one_of(col.code, ["97761"])
    | (
        one_of(col.code, ["97763"])
        & col.note_text.str.to_lowercase().str.contains("prosthe(sis|tic)")
        & any_starts_with(col.claim_diagnoses, ["Z96.6", "Z47.1"]).not_()
    ),
    flag=any_starts_with(col.claim_diagnoses, _FIT).not_(),
    message="{code} with {claim_diagnoses}; prosthetic training goes with limb loss or limb deficiency",
    concept="procedure-diagnosis-misfit",
    sources=(
        page(
            "CDC/NCHS",
            "ICD-10-CM Tabular List of Diseases and Injuries, April 1, 2026",
            "Z89, Q71-Q73, Z47.81, T87; that the procedure goes with them is our own reading",
            read_on=date(2026, 11, 21),
        ),
    ),
    examples=(
        bad(
            """
            visit 2026-03-04 medicare_b
              dx M17.11
              97761 GP x2 30min
            """,
            at="line 1",
            says="97761 with M17.11; prosthetic training goes with limb loss or limb deficiency",
        ),
        good("""
            visit 2026-03-04 medicare_b
              dx Z47.81 Z89.511
              97761 GP x2 30min
        """),
        good("""
            visit 2026-03-04 medicare_b
              dx S88.111D
              97761 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              dx R26.89
              97763 GP x2 30min
              set note_text = Prosthesis follow-up, ramp and curb.
            """,
            at="line 1",
            says="97763 with R26.89; prosthetic training goes with limb loss or limb deficiency",
        ),
        good("""
            visit 2026-03-04 medicare_b
              dx Z89.512
              97763 GP x2 30min
              set note_text = Prosthesis follow-up, ramp and curb.
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              dx M17.11
              97760 GP x2 30min
              set note_text = Knee orthosis adjusted.
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              dx R26.89
              97763 GP x2 30min
              set note_text = Ankle orthosis adjusted.
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              dx M25.561 Z96.651
              97763 GP x2 30min
              set note_text = Brace checked over the knee prosthesis.
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b
              dx R26.89
              97763 GP x2 30min
              set note_text = ?
            """,
            lacks="note as written",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b
              dx M17.11 ?
              97761 GP x2 30min
            """,
            lacks="every diagnosis",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              dx R26.89
              97116 GP x2 30min
              set note_text = Prosthesis follow-up, ramp and curb.
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              dx Z47.1
              97763 GP x2 30min
              set note_text = Brace checked over the knee prosthesis.
        """),
    ),
)
