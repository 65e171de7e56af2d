"""A line of a 15-minute code spans more than one day.

Units are counted by the day, so a timed line must name one day. Medicare contractors turn away a timed line with two
dates.

Not flagged: codes without a time basis; payers that have not said so, which is no data.
Fix: none is proposed; the units are split into one line for each day.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import page

rule = Rule(
    code="CD150",
    name="timed-line-over-several-days",
    over="lines",
    severity=Severity.REJECT,
    coding_terms=True,
    applies=col.is_timed & col.payer_one_date_per_timed_line,
    flag=col.line_through > col.line_date,
    message="{code} billed from {line_date} through {line_through}, a timed line names one day",
    concept="timed-line-spans-days",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "First Coast Service Options",
            "Article 0508065 (2024-04-09)",
            "one date of service for timed codes, claims received from 2021-04-19",
            read_on=date(2026, 11, 21),
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x1
        """),
        good("""
            visit 2021-04-19 medicare_b
              97110 GP x1
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x2 line_through=2026-03-05
            """,
            at="line 1",
            says="97110 billed from 2026-03-04 through 2026-03-05, a timed line names one day",
        ),
        unknown(
            """
            visit 2021-04-18 medicare_b
              97110 GP x1 line_through=2021-04-19
            """,
            lacks="payer's file",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b
              97110 GP x1 line_through=?
            """,
            lacks="spans days",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              97012 GP x1 line_through=2026-03-05
        """),
        exempt("""
            visit 2026-03-04 cash
              97110 x1 line_through=2026-03-05
        """),
    ),
)
