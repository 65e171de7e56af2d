"""A 15-minute code is billed for fewer minutes than the payer counts as a unit.

Some payers say from how many minutes a unit is billed, but not whether minutes of different codes are pooled. A
code with fewer minutes of its own than that is billed on a reading that the payer has not confirmed.

Not flagged: payers known to pool the day's minutes, where a short service may ride on the others.
Fix: none is proposed; take the line off or correct the minutes.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, one_of, unknown
from cleanclaim.sources import page

rule = Rule(
    code="UN106",
    name="service-shorter-than-a-unit",
    over="day_codes",
    severity=Severity.DENY,
    coding_terms=True,
    payers="payers whose least minutes were read and whose way of counting was not",
    applies=(
        pl.when(one_of(col.payer_unit_method, ["eight_minute", "midpoint"]))
        .then(pl.lit(value=False))
        .otherwise(pl.lit(value=True))
        & col.day_code_is_timed
        & (col.billed_units > 0)
    ),
    flag=col.code_minutes < col.payer_minimum_minutes_per_unit,
    message="{day_code} billed on {code_minutes:count minute}, the payer counts a unit from {payer_minimum_minutes_per_unit}",
    concept="service-under-eight-minutes",
    dollars=col.day_code_allowed_cents,
    sources=(
        page(
            "UnitedHealthcare",
            "Commercial physical medicine and rehabilitation policy",
            "least minutes of a timed unit",
            read_on=date(2026, 11, 21),
            url="https://www.uhcprovider.com",
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 uhc_commercial
              97110 GP x1 8min
        """),
        bad(
            """
            visit 2026-03-04 uhc_commercial
              97110 GP x1 7min
            """,
            at="97110",
            says="97110 billed on 7 minutes, the payer counts a unit from 8",
        ),
        bad(
            """
            visit 2026-03-04 uhc_commercial
              97110 GP x1 16min
              97140 GP x1 7min
            """,
            at="97140",
            says="97140 billed on 7 minutes, the payer counts a unit from 8",
        ),
        unknown(
            """
            visit 2026-03-04 uhc_commercial
              97110 GP x1 ?min
            """,
            lacks="minutes",
        ),
        unknown(
            """
            visit 2026-03-04 humana
              97110 GP x1 7min
            """,
            lacks="payer's file",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x2 16min
              97140 GP x1 7min
        """),
        good("""
            visit 2026-03-04 uhc_commercial
              97140 GP x1 20min
              did 97140 20min
              did 97110 5min
        """),
        good("""
            visit 2026-03-04 uhc_commercial
              97140 GP x1 20min
              97012 GP x1 5min
        """),
    ),
)
