"""The claim has no service line.

There is nothing to pay; a claim file without lines is turned away.

Not flagged: lines without a charge (CF104).
Fix: none; say what was done, or bill nothing.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good
from cleanclaim.sources import page

rule = Rule(
    code="CF102",
    name="claim-without-lines",
    over="claims",
    severity=Severity.REJECT,
    flag=col.line_count == 0,
    message="no service line",
    concept="claim-without-lines",
    sources=(
        page(
            "X12",
            "837P 005010X222A1",
            "service line: at least one a claim; read in the map of pyx12 4.0.0",
            read_on=date(2026, 11, 21),
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
              did nothing
            """,
            at="claim",
            says="no service line",
        ),
    ),
)
