"""A line points to more than four diagnoses.

A line of the form and of the file holds four pointers; the rest is cut off, or the claim is turned away.

Not flagged: more than four diagnoses on the claim, of which each line points to four at most.
Fix: none is proposed; which four count is for the therapist to say.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, unknown
from cleanclaim.sources import page

_MOST = 4

rule = Rule(
    code="DX303",
    name="more-pointers-than-a-line-holds",
    over="lines",
    severity=Severity.REJECT,
    flag=col.pointer_count > _MOST,
    message="{code} points to {pointer_count} diagnoses; a line holds 4",
    concept="pointers-too-many",
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
              dx M54.50 M25.561 M25.562 M54.2 R26.89
              97110 GP x2 30min dx=1,2,3,4,5
            """,
            at="line 1",
            says="97110 points to 5 diagnoses; a line holds 4",
        ),
        good("""
            visit 2026-03-04 medicare_b
              dx M54.50 M25.561 M25.562 M54.2 R26.89
              97110 GP x2 30min dx=1,2,3,4
              97112 GP x1 15min dx=5
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
