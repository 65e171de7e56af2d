"""A code for the first block of time is billed more than once in a day.

Such codes name only the first block: the first 15 minutes of cognitive intervention or biofeedback, the first 30 of
caregiver training, the first two hours of work hardening. Further time belongs on the add-on code, so a second
unit of the first block is denied.

Not flagged: codes whose further blocks go on the same code.
Fix: none is proposed; the further units move to the add-on code.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import page

rule = Rule(
    code="UN108",
    name="first-block-billed-twice",
    over="day_codes",
    severity=Severity.DENY,
    # Of a day that is not known no list says which codes are first blocks.
    applies=pl.when(col.date_of_service.is_not_null()).then(
        col.day_code_minutes_first.is_not_null() & col.day_code_minutes_each.is_null()
    ),
    flag=col.billed_units > 1,
    message="{billed_units:count unit} of {day_code} billed, it is the first block of the day only",
    concept="first-block-twice",
    dollars=col.overbilled_cents,
    sources=(
        page(
            "CMS",
            "Medically unlikely edits, practitioner, edition of 2024-07-01",
            "97129, 90912, 97545 and 97550: 1",
            read_on=date(2026, 11, 21),
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97129 GP x1 15min
              97130 GP x1 15min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97129 GP x2 30min
            """,
            at="97129",
            says="2 units of 97129 billed, it is the first block of the day only",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b
              97550 GP x2 60min
            """,
            at="97550",
            says="2 units of 97550 billed, it is the first block of the day only",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b
              97129 GP x? 30min
            """,
            lacks="units",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              96125 GP x2 120min
        """),
    ),
)
