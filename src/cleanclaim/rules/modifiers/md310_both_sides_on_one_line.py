"""One line carries RT and LT.

RT and LT say on which side a service was furnished. Therapy codes are not paid by the side, and two sides on one line
cannot be told apart; some payers deny the line.

Not flagged: one side on each of two lines.
Fix: none is proposed; time codes count minutes, whichever side was treated.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, has_modifier
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="MD310",
    name="both-sides-on-one-line",
    over="lines",
    severity=Severity.ADVICE,
    applies=has_modifier("RT", "LT"),
    flag=has_modifier("RT") & has_modifier("LT"),
    message="{code} carries {modifiers}; a line names one side",
    concept="both-sides-on-a-line",
    sources=(
        page(
            "Billing practice",
            "Habits of the trade; the issuer's text was not read",
            "RT and LT on lines of their own",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97760 GP RT x1 15min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97760 GP RT LT x1 15min
            """,
            at="line 1",
            says="97760 carries GP, RT, LT; a line names one side",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x1
        """),
        good("""
            visit 2026-03-04 medicare_b
              97760 GP LT x1 15min
        """),
    ),
)
