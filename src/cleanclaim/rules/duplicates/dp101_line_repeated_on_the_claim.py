"""The same line stands twice on the claim.

Code, day and modifiers are the same. Payers deny the second as an exact duplicate, whatever its units; units of one code
and day belong on one line.

Not flagged: lines that a modifier tells apart, such as one with CQ and one without.
Fix: drop the second line; ATTEST, because its units may be owed on the first.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Fix, Rule, Safety, Severity, bad, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="DP101",
    name="line-repeated-on-the-claim",
    over="lines",
    severity=Severity.DENY,
    flag=col.same_line_number > 0,
    message="{code} {modifiers} of {line_date} stands on line {same_line_number} already",
    concept="duplicate-line",
    sources=(
        page(
            "X12",
            "Claim adjustment reason codes, list of 2024-06",
            "code 18: exact duplicate",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
    ),
    fix=Fix(
        Safety.ATTEST,
        title="Drop the repeated line",
        may_reveal=("CF101", "UN105", "UN201", "UN202", "UN205"),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
              97140 GP x1 15min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97140 GP x1 15min
              97140 GP x1 15min
              did 97140 15min
            """,
            at="line 2",
            says="97140 GP of 2026-03-04 stands on line 1 already",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP KX x1 15min
              97140 GP x1 15min
              97110 KX GP x2 30min
              did 97110 45min
              did 97140 15min
            """,
            at="line 3",
            says="97110 KX, GP of 2026-03-04 stands on line 1 already",
        ),
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
              97110 GP CQ x1 15min pta=15
        """),
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
              97110 GP x1 15min line_date=2026-03-05
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
              97110 GP x1 15min code=?
            """,
            lacks="code",
        ),
    ),
)
