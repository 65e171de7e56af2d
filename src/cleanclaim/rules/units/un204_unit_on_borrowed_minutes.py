"""A second or later unit of a code stands only on the minutes of codes that are not billed.

By the manual's arithmetic 22 minutes of one code and 1 of another make 23, which is two units, and both fall on the
first code. The sum is right; a reviewer who looks at that code alone sees two units on 22 minutes.

Not flagged: a first unit, or one that minutes of other billed codes hold up.
Fix: none is proposed; a person decides whether to bill it.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, since, unknown
from cleanclaim.sources import Confidence, manual

rule = Rule(
    code="UN204",
    name="unit-on-borrowed-minutes",
    over="day_codes",
    severity=Severity.ADVICE,
    coding_terms=True,
    effective=since(2000, 4, 1),
    payers="payers that pool the minutes of a day",
    applies=(col.payer_unit_method == "eight_minute") & col.day_code_is_timed,
    flag=col.thin & (col.billed_units >= col.units_eight_minute),
    message="{billed_units:count unit} of {day_code} billed on {code_minutes:count minute} of its own, the last one needs minutes of a code that is not billed",
    concept="thin-unit",
    sources=(manual("100-04", "ch. 5 §20.2.C", read_on=date(2026, 11, 21), confidence=Confidence.SECONDARY),),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x2 23min
              did 97110 23min
              did 97140 1min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x2 22min
              did 97110 22min
              did 97140 1min
            """,
            at="97110",
            says="2 units of 97110 billed on 22 minutes of its own, the last one needs minutes of a code that is not billed",
        ),
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x1 22min
              did 97110 22min
              did 97140 1min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b
              97110 GP x2 22min
              did 97110 22min
              did 97140 ?min
            """,
            lacks="minutes",
        ),
        exempt("""
            visit 2026-03-04 bcbs_ne
              97012 GP x1 15min
        """),
        bad(
            """
            visit 2000-04-01 medicare_b
              97110 GP x2 22min
              did 97110 22min
              did 97140 1min
            """,
            at="97110",
            says="2 units of 97110 billed on 22 minutes of its own, the last one needs minutes of a code that is not billed",
        ),
        exempt("""
            visit 2000-03-31 medicare_b
              97110 GP x2 22min
              did 97110 22min
              did 97140 1min
        """),
        exempt("""
            visit 2026-03-04 anthem
              97110 GP x2 22min
              did 97110 22min
              did 97140 1min
        """),
    ),
)
