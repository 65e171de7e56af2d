"""A claim lists no diagnosis.

The front end turns the claim away.

Not flagged: a claim with one diagnosis of any kind.
Fix: none is proposed; a diagnosis is found in the plan of care or the order, not by a program.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, unknown
from cleanclaim.sources import page

rule = Rule(
    code="DX305",
    name="claim-without-diagnosis",
    over="claims",
    severity=Severity.REJECT,
    flag=col.diagnosis_count == 0,
    message="no diagnosis on the claim; a claim needs one",
    concept="diagnosis-missing",
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
              dx none
              97110 GP x2 30min dx=none
            """,
            at="claim",
            says="no diagnosis on the claim; a claim needs one",
        ),
        good("""
            visit 2026-03-04 medicare_b
              dx M54.50
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
