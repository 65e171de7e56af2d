"""The patient comes more often in the week than the plan of care says.

The plan sets a frequency, and reviewers hold the visits against it. A visit more wants a change of the plan, signed.

Not flagged: the visits up to the planned number; weeks are begun on Sunday and on Monday, and both have to hold more.
Fix: none; change the plan, or write why the visit was needed.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import Confidence, manual, page

rule = Rule(
    code="PC305",
    name="more-visits-than-planned",
    over="claims",
    severity=Severity.ADVICE,
    applies=col.has_plan_of_care,
    flag=pl.when(col.week_days_at_least > col.plan_visits_per_week)
    .then(pl.lit(value=True))
    .when(col.week_days_at_most <= col.plan_visits_per_week)
    .then(pl.lit(value=False)),
    message="visit {week_days_at_least} of the week, the plan of care sets {plan_visits_per_week}",
    concept="visits-over-plan-frequency",
    sources=(
        page(
            "OptimisPT",
            "Are You Ready For An Audit?",
            "frequency and duration",
            read_on=date(2026, 11, 21),
            url="https://www.optimispt.com/blog/are-you-ready-for-an-audit/",
            confidence=Confidence.SECONDARY,
        ),
        manual("100-02", "ch. 15 §220.1.2: the plan's frequency, read in a copy", read_on=date(2026, 11, 21)),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b plan_visits_per_week=1
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b plan_visits_per_week=1
              97110 GP x2 30min
            history 2026-03-02 medicare_b
              97110 GP x2 30min
            """,
            at="claim",
            says="visit 2 of the week, the plan of care sets 1",
        ),
        good("""
            visit 2026-03-04 medicare_b plan_visits_per_week=2
              97110 GP x2 30min
            history 2026-03-02 medicare_b
              97110 GP x2 30min
        """),
        good("""
            visit 2026-03-04 medicare_b plan_visits_per_week=1
              97110 GP x2 30min
            history 2026-03-02 medicare_b patient_id=2
              97110 GP x2 30min
        """),
        good("""
            visit 2026-03-02 medicare_b plan_visits_per_week=1
              97110 GP x2 30min
            history 2026-03-01 medicare_b
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b visits_before_this_week=3
              97110 GP x2 30min
            """,
            at="claim",
            says="visit 4 of the week, the plan of care sets 3",
        ),
        exempt("""
            visit 2026-03-04 cash has_plan_of_care=false
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b knows_history=false
              97110 GP x2 30min
            """,
            lacks="other therapy days",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b plan_visits_per_week=?
              97110 GP x2 30min
            """,
            lacks="plan of care sets",
        ),
    ),
)
