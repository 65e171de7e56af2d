"""A line ends on a day before it begins.

Not flagged: a line of one day.
Fix: none; the record tells the days.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="CF107",
    name="line-ends-before-it-begins",
    over="lines",
    severity=Severity.REJECT,
    flag=col.line_through < col.line_date,
    message="{code} begins on {line_date} and ends on {line_through}",
    concept="line-dates-reversed",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "X12",
            "837P 005010X222A1",
            "DTP 472: a range of dates rises",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x1 15min line_through=2026-03-03
            """,
            at="line 1",
            says="97110 begins on 2026-03-04 and ends on 2026-03-03",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b
              97110 GP x1 15min line_through=?
            """,
            lacks="last day",
        ),
    ),
)
