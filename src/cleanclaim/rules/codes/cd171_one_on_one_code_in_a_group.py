"""A code that needs the therapist one-on-one is billed for time with several patients.

When a therapist attends two or more patients at once, Part B knows only the group code, whatever each of them does.
One-on-one units for that time are taken back.

Not flagged: group time that is listed with the visit and not billed under the one-on-one code.
Fix: none is proposed; bill the group code, or the minutes that were one-on-one.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="CD171",
    name="one-on-one-code-in-a-group",
    over="services",
    severity=Severity.RECOUP,
    applies=col.day_code_one_on_one & (col.billed_units > 0),
    flag=col.group_size > 1,
    message="{service_code} billed one-on-one, {group_size} patients were treated at the same time",
    concept="group-billed-one-on-one",
    dollars=col.overbilled_cents,
    sources=(
        page(
            "CMS",
            "Transmittal 1753 (2002-05-17), as read through APTA",
            "group: two or more patients at once, whatever each of them does",
            read_on=date(2026, 11, 21),
            confidence=Confidence.SECONDARY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
              did 97110 30min group_size=2
            """,
            at="service 1",
            says="97110 billed one-on-one, 2 patients were treated at the same time",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
              did 97110 30min group_size=?
            """,
            lacks="patients",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              97150 GP x1 30min
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              97012 GP x1 15min
              did 97012 15min group_size=2
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              97012 GP x1 15min
              did 97012 15min
              did 97110 15min group_size=2
        """),
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
              did 97110 15min group_size=1
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
              did 97110 15min group_size=2
            """,
            at="service 1",
            says="97110 billed one-on-one, 2 patients were treated at the same time",
        ),
    ),
)
