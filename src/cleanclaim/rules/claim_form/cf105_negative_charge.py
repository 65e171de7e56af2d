"""A line has a charge below zero.

A claim cannot take money back; a correction is a replacement claim, or a refund.

Not flagged: a charge of zero (CF104).
Fix: none; the clinic's fees tell the charge.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="CF105",
    name="negative-charge",
    over="lines",
    severity=Severity.REJECT,
    flag=col.charge_cents < 0,
    message="{code} is charged {charge_cents:money}",
    concept="charge-negative",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "X12",
            "837P 005010X222A1",
            "SV102 is not below zero",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min $0.00
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x2 30min $-0.01
            """,
            at="line 1",
            says="97110 is charged -$0.01",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b
              97110 GP x2 30min $?
            """,
            lacks="charge of the line",
        ),
    ),
)
