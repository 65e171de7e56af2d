"""Wound care is billed without a diagnosis of a wound.

Debridement (97597, 97598, 97602), negative pressure (97605 to 97608) and ultrasound of wounds (97610) are paid for a
documented wound, and Medicare's articles want it linked to the line.

Not flagged: ulcers, burns, frostbite, open and surgical wounds, infections of the skin, gangrene, and dressing changes,
broadly taken, because no payer read gives a closed list.
Fix: none is proposed; the diagnosis must be the one the note documents.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, any_starts_with, bad, exempt, good, one_of, unknown
from cleanclaim.sources import page

_FIT = (
    "L89", "L97", "L98.4", "L98.A", "L88", "L03", "L02", "L08", "L76", "I70.23", "I70.24", "I70.25", "I70.33",
    "I70.34", "I70.35", "I70.43", "I70.44", "I70.45", "I70.53", "I70.54", "I70.55", "I70.63", "I70.64", "I70.65",
    "I70.73", "I70.74", "I70.75", "I83.0", "I83.2", "I87.01", "I87.03", "I87.31", "I87.33", "I96", "E08.62",
    "E09.62", "E10.62", "E11.62", "E13.62", "M72.6", "M86", "O86.0", "O90.0", "O90.1", "T20", "T21", "T22", "T23",
    "T24", "T25", "T30", "T31", "T32", "T33", "T34", "T81.3", "T81.4", "T81.89", "T86.82", "T87", "Z48.0",
    "S01", "S11", "S21", "S31", "S41", "S51", "S61", "S71", "S81", "S91", "S08", "S28", "S38", "S47", "S48", "S57",
    "S58", "S67", "S68", "S77", "S78", "S87", "S88", "S97", "S98", "S00", "S10", "S20", "S30", "S40", "S50", "S60",
    "S70", "S80", "S90",
)  # fmt: skip

rule = Rule(
    code="DX403",
    name="wound-care-without-a-wound",
    over="lines",
    severity=Severity.DENY,
    applies=one_of(col.code, ["97597", "97598", "97602", "97605", "97606", "97607", "97608", "97610"]),
    flag=any_starts_with(col.linked_diagnoses, _FIT).not_(),
    message="{code} points to {linked_diagnoses}; it goes with a wound",
    concept="procedure-diagnosis-misfit",
    dollars=col.allowed_cents,
    sources=(
        page(
            "CMS",
            "Billing and coding article A53001",
            "wound care by therapists, wound diagnosis linked",
            read_on=date(2026, 11, 21),
        ),
        page(
            "Novitas",
            "LCD L35125",
            "wound care",
            read_on=date(2026, 11, 21),
        ),
    ),
    examples=(
        bad(
            """
            visit 2026-03-04 medicare_b
              dx M54.50
              97597 GP x1 20min
            """,
            at="line 1",
            says="97597 points to M54.50; it goes with a wound",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b
              dx L97.411 M17.11
              97110 GP x1 15min dx=2
              97605 GP x1 20min dx=2
            """,
            at="line 2",
            says="97605 points to M17.11; it goes with a wound",
        ),
        good("""
            visit 2026-03-04 medicare_b
              dx L97.411 M17.11
              97597 GP x1 20min dx=1
        """),
        good("""
            visit 2026-03-04 medicare_b
              dx T81.31XD
              97610 GP x1 20min
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              dx M54.50
              97110 GP x1 15min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b
              dx L97.411
              97597 GP x1 20min dx=?
            """,
            lacks="points to",
        ),
    ),
)
