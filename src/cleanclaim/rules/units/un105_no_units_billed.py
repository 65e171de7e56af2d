"""A line is billed with no unit, or with fewer than none.

A service line states how often the service was furnished. A line with zero units is turned away at the door, or
paid nothing.

Not flagged: a line whose units are unknown.
Fix: none is proposed; the minutes say how many units there are, or the line goes.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="UN105",
    name="no-units-billed",
    over="lines",
    severity=Severity.REJECT,
    flag=col.units <= 0,
    message="{units:count unit} billed for {code}, a line has 1 or more",
    concept="units-missing",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "X12 005010X222A1, as in the open map of pyx12 4.0.0",
            "Professional claim, service line",
            "service unit count, required",
            read_on=date(2026, 11, 21),
            confidence=Confidence.SEEN,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x0 15min
            """,
            at="line 1",
            says="0 units billed for 97110, a line has 1 or more",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
              97140 GP x-1 15min
            """,
            at="line 2",
            says="-1 units billed for 97140, a line has 1 or more",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b
              97110 GP x? 15min
            """,
            lacks="units",
        ),
    ),
)
