"""More timed units are billed than the minutes support by either way of counting.

How this payer turns minutes into units has not been read, or it mixes both ways. Pooling the day's minutes and
counting each code alone can give different numbers; units above the larger of the two are supported by neither,
so they are denied, or paid and taken back.

Not flagged: units that one of the two counts supports; which of them holds is then no data (UN101).
Fix: none is proposed, because the right number depends on the method.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, one_of, since, unknown
from cleanclaim.sources import Confidence, manual, page

rule = Rule(
    code="UN102",
    name="units-exceed-either-count",
    over="days",
    severity=Severity.DENY,
    coding_terms=True,
    effective=since(2000, 4, 1),
    payers="payers whose way of counting is unknown or mixed",
    applies=pl.when(one_of(col.payer_unit_method, ["eight_minute", "midpoint"]))
    .then(pl.lit(value=False))
    .otherwise(pl.lit(value=True)),
    flag=(col.timed_units > col.supported_units_eight_minute) & (col.timed_units > col.supported_units_midpoint),
    message="{timed_units:count timed unit} billed, {timed_minutes:count minute supports/minutes support} {supported_units_eight_minute} pooled and {supported_units_midpoint} code by code",
    concept="units-over-minutes",
    dollars=col.timed_overbilled_cents,
    sources=(
        manual("100-04", "ch. 5 §20.2.C", read_on=date(2026, 11, 21), confidence=Confidence.SECONDARY),
        page(
            "WebPT",
            "8-minute rule and substantial portion methodology compared",
            "substantial portion methodology, the CPT time rule",
            read_on=date(2026, 11, 21),
            confidence=Confidence.SECONDARY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 humana
              97110 GP x2 20min
              97112 GP x1 20min
        """),
        good("""
            visit 2026-03-04 anthem
              97110 GP x1 8min
              97112 GP x1 8min
        """),
        bad(
            """
            visit 2026-03-04 humana
              97110 GP x2 20min
              97112 GP x2 20min
            """,
            at="day",
            says="4 timed units billed, 40 minutes support 3 pooled and 2 code by code",
        ),
        bad(
            """
            visit 2026-03-04 humana
              97110 GP x1 7min
            """,
            at="day",
            says="1 timed unit billed, 7 minutes support 0 pooled and 0 code by code",
        ),
        unknown(
            """
            visit 2026-03-04 humana
              97110 GP x3 ?min
            """,
            lacks="minutes",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x3 30min
        """),
        exempt("""
            visit 2000-03-31 humana
              97110 GP x3 30min
        """),
        bad(
            """
            visit 2000-04-01 humana
              97110 GP x3 30min
            """,
            at="day",
            says="3 timed units billed, 30 minutes support 2 pooled and 2 code by code",
        ),
    ),
)
