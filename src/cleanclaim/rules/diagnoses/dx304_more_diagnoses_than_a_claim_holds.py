"""A claim lists more than twelve diagnoses.

The form and the file hold twelve; the rest is cut off, and pointers to it lead nowhere.

Not flagged: twelve.
Fix: none is proposed; which twelve count is for the therapist to say.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, unknown
from cleanclaim.sources import page

_MOST = 12

rule = Rule(
    code="DX304",
    name="more-diagnoses-than-a-claim-holds",
    over="claims",
    severity=Severity.REJECT,
    flag=col.diagnosis_count > _MOST,
    message="{diagnosis_count} diagnoses on the claim; a claim holds 12",
    concept="diagnoses-too-many",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "NUCC and X12",
            "CMS-1500 02/12 and 837P 005010X222A1",
            "diagnosis codes and pointers: 12 a claim, 4 a line, 1 at least; read in pyx12 4.0.0",
            read_on=date(2026, 11, 21),
        ),
    ),
    examples=(
        bad(
            """
            visit 2026-03-04 medicare_b
              dx M54.50 M25.561 M25.562 M54.2 R26.89 M25.511 M25.512 M25.551 M25.552 M25.571 M25.572 M54.6 M62.81
              97110 GP x2 30min
            """,
            at="claim",
            says="13 diagnoses on the claim; a claim holds 12",
        ),
        good("""
            visit 2026-03-04 medicare_b
              dx M54.50 M25.561 M25.562 M54.2 R26.89 M25.511 M25.512 M25.551 M25.552 M25.571 M25.572 M54.6
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b knows_diagnoses=false
              dx none
              97110 GP x2 30min
            """,
            lacks="claim's diagnoses",
        ),
    ),
)
