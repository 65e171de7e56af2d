"""One code stands on two lines of a day, and no modifier says why.

Payers read the second line as a duplicate. Two lines of one code are paid where a modifier tells them apart: who
furnished it (CQ, 80), another session or part of the body (59, X, 76, LT, RT), a part of the service (26, TC), another
statement (KX, GA, GY).

Not flagged: the same line twice (DP101).
Fix: none; put the units on one line, or say by a modifier why there are two.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="DP102",
    name="code-on-two-lines",
    over="lines",
    severity=Severity.DENY,
    flag=col.like_line_number > 0,
    message="{code} stands on line {like_line_number} and here, and no modifier tells the two apart",
    concept="code-on-two-lines",
    sources=(
        page(
            "X12",
            "Claim adjustment reason codes, list of 2024-06",
            "code 18: exact duplicate",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
        page(
            "Billing practice",
            "Stated widely in the trade; the payer's own text was not read",
            "units of one code and day stand on one line",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
              97110 GP CQ x1 15min pta=15
        """),
        good("""
            visit 2026-03-04 medicare_b
              97110 GP KX x1 15min
              97110 GP x1 15min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
              97110 GP 96 x1 15min
            """,
            at="line 2",
            says="97110 stands on line 1 and here, and no modifier tells the two apart",
        ),
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
              97140 GP 96 x1 15min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
              97110 GP 96 x1 15min code=?
            """,
            lacks="code",
        ),
    ),
)
