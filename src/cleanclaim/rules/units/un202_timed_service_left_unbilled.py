"""A timed service that holds a unit of its own is not on the claim.

The note shows minutes that earn a unit by the payer's method, and no line bills the code. What is not billed is
lost once the filing limit has passed. Minutes too few for a unit still belong in the note: they count in the total.

Not flagged: a code that only a tie could give a unit, and a day whose units are all billed already.
Fix: none is proposed; add the line with its diagnosis and charge.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, one_of, since, unknown
from cleanclaim.sources import Confidence, manual

rule = Rule(
    code="UN202",
    name="timed-service-left-unbilled",
    over="day_codes",
    severity=Severity.LEFT,
    coding_terms=True,
    effective=since(2000, 4, 1),
    payers="payers whose way of counting is known",
    applies=col.day_code_is_timed & one_of(col.payer_unit_method, ["eight_minute", "midpoint"]),
    flag=pl.when(col.knows_services).then(col.timed_code_left_out & (col.timed_units < col.supported_units)),
    message="{code_minutes:count minute} of {day_code} furnished, none billed; the day supports {supported_units:count timed unit} and {timed_units:count is/are} billed",
    concept="service-not-billed",
    dollars=col.left_cents,
    sources=(
        manual("100-04", "ch. 5 §20.2.C", read_on=date(2026, 11, 21), confidence=Confidence.SECONDARY),
        manual("100-02", "ch. 15 §220.3.E, read in a copy", read_on=date(2026, 11, 21)),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
              97140 GP x1 15min
        """),
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x1 18min
              97140 GP x1 13min
              97116 GP x1 10min
              did 97110 18min
              did 97140 13min
              did 97116 10min
              did 97035 8min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
              did 97110 15min
              did 97140 8min
            """,
            at="97140",
            says="8 minutes of 97140 furnished, none billed; the day supports 2 timed units and 1 is billed",
        ),
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
              did 97110 15min
              did 97140 7min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
              did 97110 15min
              did 97140 ?min
            """,
            lacks="minutes",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b knows_services=false
              97110 GP x1 15min
            """,
            lacks="minutes",
        ),
        exempt("""
            visit 2000-03-31 medicare_b
              97110 GP x1 15min
              did 97110 15min
              did 97140 15min
        """),
        bad(
            """
            visit 2000-04-01 medicare_b
              97110 GP x1 15min
              did 97110 15min
              did 97140 15min
            """,
            at="97140",
            says="15 minutes of 97140 furnished, none billed; the day supports 2 timed units and 1 is billed",
        ),
        exempt("""
            visit 2026-03-04 anthem
              97110 GP x1 15min
              did 97110 15min
              did 97140 15min
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              97012 GP x1 15min
        """),
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
              did 97110 15min
              did 97140 15min
        """),
    ),
)
