"""More timed units are billed than the day's minutes support.

Medicare adds up the one-on-one minutes of every 15-minute code of a day and grants one unit for the first
eight minutes and one more for each further fifteen. Other payers count each code alone. Units above what the
payer's method supports are denied, or paid and taken back.

Not flagged: a payer whose method is unknown, unless the units exceed the larger of both counts (UN102).
Fix: bill the units that the minutes support; ATTEST, because the minutes may be what is wrong.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Fix, Rule, Safety, Severity, bad, exempt, good, one_of, since, unknown
from cleanclaim.sources import Confidence, manual

rule = Rule(
    code="UN101",
    name="timed-units-exceed-minutes",
    over="days",
    severity=Severity.DENY,
    coding_terms=True,
    effective=since(2000, 4, 1),
    applies=one_of(col.payer_unit_method, ["eight_minute", "midpoint"]),
    flag=col.timed_units > col.supported_units,
    message="{timed_units:count timed unit} billed, {timed_minutes:count minute supports/minutes support} {supported_units}",
    concept="units-over-minutes",
    dollars=col.timed_overbilled_cents,
    sources=(manual("100-04", "ch. 5 §20.2.C", read_on=date(2026, 11, 21), confidence=Confidence.SECONDARY),),
    fix=Fix(
        Safety.ATTEST,
        title="Bill the units that the documented minutes support",
        table="lines",
        via="day_id",
        where=(col.billed_units == col.units) & (col.billed_units > col.allocated_units),
        field="units",
        new=col.allocated_units,
        may_reveal=("UN105", "UN201"),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x2 24min
              97140 GP x1 14min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x2 24min
              97140 GP x1 13min
            """,
            at="day",
            says="3 timed units billed, 37 minutes support 2",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x1 8min
            visit 2026-03-04 medicare_b
              97140 GP x1 8min
            """,
            at="day",
            says="2 timed units billed, 16 minutes support 1",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b
              97110 GP x2 24min
              97140 GP x1 ?min
            """,
            lacks="minutes",
        ),
        unknown(
            """
            visit 2026-03-04 humana
              97110 GP x2 15min
            """,
            lacks="payer's file",
        ),
        exempt("""
            visit 2000-03-31 medicare_b
              97110 GP x2 15min
        """),
        bad(
            """
            visit 2000-04-01 medicare_b
              97110 GP x2 15min
            """,
            at="day",
            says="2 timed units billed, 15 minutes support 1",
        ),
    ),
)
