"""A line points to a diagnosis that the claim does not list.

The front end turns the claim away.

Not flagged: a line without pointers (DX301).
Fix: none is proposed.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, unknown
from cleanclaim.sources import page

rule = Rule(
    code="DX302",
    name="pointer-beyond-the-diagnoses",
    over="lines",
    severity=Severity.REJECT,
    flag=(col.pointer_count > 0) & ((col.greatest_pointer > col.diagnosis_count) | (col.least_pointer < 1)),
    message="{code} points to diagnosis {pointers}; the claim lists {diagnosis_count}",
    concept="pointer-out-of-range",
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
              dx M54.50 M25.561
              97110 GP x2 30min dx=1,3
            """,
            at="line 1",
            says="97110 points to diagnosis 1, 3; the claim lists 2",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b
              dx M54.50
              97110 GP x2 30min dx=0
            """,
            at="line 1",
            says="97110 points to diagnosis 0; the claim lists 1",
        ),
        good("""
            visit 2026-03-04 medicare_b
              dx M54.50 M25.561
              97110 GP x2 30min dx=1,2
        """),
        good("""
            visit 2026-03-04 medicare_b
              dx M54.50
              97110 GP x2 30min dx=none
        """),
        good("""
            visit 2026-03-04 medicare_b
              dx none
              97110 GP x2 30min dx=none
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b
              dx M54.50
              97110 GP x2 30min dx=?
            """,
            lacks="points to",
        ),
    ),
)
