"""Further monitoring time is billed in a month without the first twenty minutes.

98981 stands for twenty minutes beyond the first twenty of a calendar month. Without 98980 in the same month it is an
add-on without its base code.

Not flagged: a base code billed earlier in the month.
Fix: none is proposed; the base code is missing, or the time was too short.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, since, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="CD121",
    name="monitoring-time-without-its-first-block",
    over="lines",
    severity=Severity.DENY,
    effective=since(2022, 1, 1),
    applies=col.code == "98981",
    flag=col.monitoring_base_in_month.not_(),
    message="{code} billed without {monitoring_partner} in the calendar month",
    concept="add-on-alone",
    dollars=col.allowed_cents,
    sources=(
        page(
            "CMS",
            "NCCI add-on code edits, edition of 2024-06-03",
            "codes that are paid only beside another",
            read_on=date(2026, 11, 21),
        ),
        page(
            "FairPath",
            "Remote therapeutic monitoring in 2026",
            "CR 14250, codes and day counts",
            read_on=date(2026, 11, 21),
            url="https://fairpath.ai",
            confidence=Confidence.SECONDARY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              98981 GP x1
            history 2026-03-01 medicare_b
              98980 GP x1
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              98981 GP x1
            history 2026-02-28 medicare_b
              98980 GP x1
            """,
            at="line 1",
            says="98981 billed without 98980 in the calendar month",
        ),
        good("""
            visit 2026-03-04 medicare_b
              98980 GP x1
              98981 GP x1
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b knows_history=false
              98981 GP x1
            """,
            lacks="earlier claims",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              98980 GP x1
        """),
        exempt("""
            visit 2021-12-31 medicare_b
              98981 GP x1
        """),
        good("""
            visit 2022-01-01 medicare_b
              98980 GP x1
              98981 GP x1
        """),
    ),
)
