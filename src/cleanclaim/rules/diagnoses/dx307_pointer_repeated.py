"""A line points to the same diagnosis twice.

The second pointer says nothing, and some front ends turn the claim away.

Not flagged: two lines that point to the same diagnosis.
Fix: leave the first of them; ATTEST, because another diagnosis may have been meant.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Fix, Rule, Safety, Severity, bad, good, unknown
from cleanclaim.sources import page

rule = Rule(
    code="DX307",
    name="pointer-repeated",
    over="lines",
    severity=Severity.REJECT,
    flag=col.different_pointer_count < col.pointer_count,
    message="{code} points to diagnosis {pointers}; one of them twice",
    concept="pointer-duplicate",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "NUCC and X12",
            "CMS-1500 02/12 and 837P 005010X222A1",
            "diagnosis codes and pointers: 12 a claim, 4 a line, 1 at least; read in pyx12 4.0.0",
            read_on=date(2026, 11, 21),
        ),
    ),
    fix=Fix(
        Safety.ATTEST,
        title="Point to each diagnosis once",
        field="pointers",
        new=col.pointers.list.unique(maintain_order=True),
    ),
    examples=(
        bad(
            """
            visit 2026-03-04 medicare_b
              dx M54.50 M25.561
              97110 GP x2 30min dx=1,2,1
            """,
            at="line 1",
            says="97110 points to diagnosis 1, 2, 1; one of them twice",
        ),
        good("""
            visit 2026-03-04 medicare_b
              dx M54.50 M25.561
              97110 GP x2 30min dx=1,2
              97112 GP x1 15min dx=1
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
