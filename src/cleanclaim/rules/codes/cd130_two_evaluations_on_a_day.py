"""Two first evaluations of one discipline are billed for one day.

An evaluation has one level: the lowest that its components meet. A second evaluation code of the same discipline on
the same day is denied, on the same claim or on another.

Not flagged: evaluations of different disciplines.
Fix: none is proposed; the findings of the evaluation decide its level.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, unknown
from cleanclaim.sources import page

rule = Rule(
    code="CD130",
    name="two-evaluations-on-a-day",
    over="days",
    severity=Severity.DENY,
    flag=col.evaluations_billed > 1,
    message="{evaluations_billed} evaluations billed for one day, a day has one",
    concept="two-evaluations",
    dollars=col.second_evaluations_cents,
    sources=(
        page(
            "CMS",
            "NCCI procedure-to-procedure edits, practitioner, edition of 2024-07-01",
            "97161 to 97163 against each other: never together",
            read_on=date(2026, 11, 21),
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97161 GP x1
              97110 GP x1
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97161 GP x1
              97162 GP x1
            """,
            at="day",
            says="2 evaluations billed for one day, a day has one",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b
              97161 GP x1
            history 2026-03-04 medicare_b
              97163 GP x1
            """,
            at="day",
            says="2 evaluations billed for one day, a day has one",
        ),
        good("""
            visit 2026-03-04 medicare_b
              97161 GP x1
            history 2026-03-03 medicare_b
              97163 GP x1
        """),
        good("""
            visit 2026-03-04 medicare_b
              97161 GP x1
            visit 2026-03-04 medicare_b discipline=OT
              97165 GO x1
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b
              97161 GP x1
              97162 code=? GP x1
            """,
            lacks="every code billed",
        ),
    ),
)
