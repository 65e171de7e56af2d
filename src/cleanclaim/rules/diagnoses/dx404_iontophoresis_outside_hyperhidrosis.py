"""Iontophoresis (97033) is billed to Anthem for something other than excessive sweating.

Anthem's guideline finds iontophoresis necessary for hyperhidrosis only, besides anesthesia of the skin, and denies it
for joints and tendons.

Not flagged: other payers, of whom several allow it for musculoskeletal conditions; dates before the guideline read.
Fix: none is proposed.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, any_starts_with, bad, exempt, good, one_of, since, unknown
from cleanclaim.sources import page

rule = Rule(
    code="DX404",
    name="iontophoresis-outside-hyperhidrosis",
    over="lines",
    severity=Severity.DENY,
    payers="Anthem",
    effective=since(2024, 1, 3),
    applies=one_of(col.payer, ["anthem", "anthem_midwest"]) & one_of(col.code, ["97033"]),
    flag=any_starts_with(col.claim_diagnoses, ["L74.51", "L74.52", "R61"]).not_(),
    message="{code} with {claim_diagnoses}; Anthem pays it for hyperhidrosis, L74.51-, L74.52 and R61",
    concept="procedure-diagnosis-misfit",
    dollars=col.allowed_cents,
    sources=(
        page(
            "Anthem",
            "Clinical guideline CG-MED-28, iontophoresis",
            "medically necessary indications, 2024-01-03",
            read_on=date(2026, 11, 21),
        ),
    ),
    examples=(
        bad(
            """
            visit 2024-10-01 anthem
              dx M77.11
              97033 GP x1 15min
            """,
            at="line 1",
            says="97033 with M77.11; Anthem pays it for hyperhidrosis, L74.51-, L74.52 and R61",
        ),
        good("""
            visit 2024-10-01 anthem
              dx L74.510
              97033 GP x1 15min
        """),
        bad(
            """
            visit 2024-01-03 anthem_midwest
              dx M77.11
              97033 GP x1 15min
            """,
            at="line 1",
            says="97033 with M77.11; Anthem pays it for hyperhidrosis, L74.51-, L74.52 and R61",
        ),
        exempt("""
            visit 2024-01-02 anthem
              dx M77.11
              97033 GP x1 15min
        """),
        exempt("""
            visit 2024-10-01 uhc_commercial
              dx M77.11
              97033 GP x1 15min
        """),
        unknown(
            """
            visit 2024-10-01 anthem
              dx ?
              97033 GP x1 15min
            """,
            lacks="every diagnosis",
        ),
        exempt("""
            visit 2026-03-04 anthem
              dx M54.50
              97032 GP x1 15min
        """),
    ),
)
