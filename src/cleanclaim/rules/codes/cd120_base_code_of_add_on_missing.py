"""An add-on code is billed without the code that it belongs to.

An add-on stands for more of a service that another code begins: the next hour, the next area, the next 15 minutes. It
is paid only when the base code is billed for the same patient and day.

Not flagged: a base code on another claim of the same day; remote monitoring, which is counted by the month (CD121).
Fix: none is proposed; the base code is missing, or the wrong code was billed.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import page

rule = Rule(
    code="CD120",
    name="base-code-of-add-on-missing",
    over="lines",
    severity=Severity.DENY,
    applies=col.needs_base_code,
    flag=col.base_code_billed.not_(),
    message="{code} billed without {base_code_words} on the same day",
    concept="add-on-alone",
    dollars=col.allowed_cents,
    sources=(
        page(
            "CMS",
            "NCCI add-on code edits, edition of 2024-06-03",
            "codes that are paid only beside another",
            read_on=date(2026, 11, 21),
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97545 GP x1 120min
              97546 GP x1 60min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97546 GP x1 60min
            """,
            at="line 1",
            says="97546 billed without 97545 on the same day",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b
              97597 GP x1 20min
              90913 GP x1 15min
            """,
            at="line 2",
            says="90913 billed without 90912 on the same day",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b
              0791T GP x1 15min
              97110 GP x1 15min
            """,
            at="line 1",
            says="0791T billed without 97116 on the same day",
        ),
        good("""
            visit 2026-03-04 medicare_b
              97546 GP x1 60min
            history 2026-03-04 medicare_b
              97545 GP x1 120min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97546 GP x1 60min
            history 2026-03-03 medicare_b
              97545 GP x1 120min
            """,
            at="line 1",
            says="97546 billed without 97545 on the same day",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b
              97546 GP x1 60min
              97110 code=? GP x1
            """,
            lacks="code of every line",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x1
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              98981 GP x1
        """),
    ),
)
