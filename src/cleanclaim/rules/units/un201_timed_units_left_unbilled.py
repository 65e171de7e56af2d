"""Fewer timed units are billed than the day's minutes support.

The minutes were furnished and documented, and the payer would pay for them. Units that are not billed are lost once
the filing limit has passed.

Not flagged: a day on which a whole code was left off the claim, which is its own finding (UN202).
Fix: none is proposed here; add the unit to the code with the most remaining minutes.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, one_of, since, unknown
from cleanclaim.sources import Confidence, manual

rule = Rule(
    code="UN201",
    name="timed-units-left-unbilled",
    over="days",
    severity=Severity.LEFT,
    coding_terms=True,
    effective=since(2000, 4, 1),
    payers="payers whose way of counting is known",
    applies=one_of(col.payer_unit_method, ["eight_minute", "midpoint"]) & col.day_leaves_code_out.not_(),
    flag=col.timed_units < col.supported_units,
    message="{timed_units:count timed unit} billed, {timed_minutes:count minute supports/minutes support} {supported_units}",
    concept="units-under-minutes",
    dollars=col.timed_left_cents,
    sources=(manual("100-04", "ch. 5 §20.2.C", read_on=date(2026, 11, 21), confidence=Confidence.SECONDARY),),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x2 37min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x2 38min
            """,
            at="day",
            says="2 timed units billed, 38 minutes support 3",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x1 20min
              97112 GP x1 20min
            """,
            at="day",
            says="2 timed units billed, 40 minutes support 3",
        ),
        good("""
            visit 2000-04-01 medicare_b
              97110 GP x1 22min
        """),
        exempt("""
            visit 2000-03-31 medicare_b
              97110 GP x1 38min
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
              did 97110 15min
              did 97140 15min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b
              97110 GP x1 ?min
            """,
            lacks="minutes",
        ),
        unknown(
            """
            visit 2026-03-04 humana
              97110 GP x1 38min
            """,
            lacks="payer's file",
        ),
    ),
)
