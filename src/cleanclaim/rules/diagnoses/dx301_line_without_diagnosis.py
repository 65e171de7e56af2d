"""A line points to no diagnosis.

Every line must say which diagnosis it was for; the front end turns the claim away.

Not flagged: a line whose pointers nobody has read, which is no data.
Fix: none is proposed; which diagnosis the service was for is for the therapist to say.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, unknown
from cleanclaim.sources import page

rule = Rule(
    code="DX301",
    name="line-without-diagnosis",
    over="lines",
    severity=Severity.REJECT,
    flag=col.pointer_count == 0,
    message="{code} points to no diagnosis",
    concept="pointer-missing",
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
              dx M54.50
              97110 GP x2 30min
              97140 GP x1 15min dx=none
            """,
            at="line 2",
            says="97140 points to no diagnosis",
        ),
        good("""
            visit 2026-03-04 medicare_b
              dx M54.50
              97110 GP x2 30min
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
