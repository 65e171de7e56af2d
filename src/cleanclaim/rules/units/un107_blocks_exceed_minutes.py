"""A code with a time basis of its own is billed for more blocks than its minutes hold.

Work hardening, caregiver training, hourly tests and the like are counted in blocks of their own length. A block
is earned once more than half of it has passed. Blocks above that are denied, or paid and taken back.

Not flagged: remote monitoring, whose time is gathered over a month.
Fix: none is proposed; further time of some codes belongs on an add-on code.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="UN107",
    name="blocks-exceed-minutes",
    over="day_codes",
    severity=Severity.RECOUP,
    # Of a day that is not known no list says which codes have a basis of their own.
    applies=pl.when(col.date_of_service.is_not_null()).then(
        col.has_own_basis & (col.day_code_family != "remote_monitoring")
    ),
    flag=col.billed_units > col.own_basis_units,
    message="{billed_units:count unit} of {day_code} billed; {code_minutes:count minute is/minutes are} enough for {own_basis_units}",
    concept="own-basis-units-over-minutes",
    dollars=col.overbilled_cents,
    sources=(
        page(
            "Billing practice",
            "Habits of the trade; the issuer's text was not read",
            "CPT's time rule: a unit is earned once more than half of it has passed",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97550 GP x1 16min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97550 GP x1 15min
            """,
            at="97550",
            says="1 unit of 97550 billed; 15 minutes are enough for 0",
        ),
        good("""
            visit 2026-03-04 medicare_b
              96125 GP x2 91min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              96125 GP x2 90min
            """,
            at="96125",
            says="2 units of 96125 billed; 90 minutes are enough for 1",
        ),
        good("""
            visit 2026-03-04 medicare_b
              97545 GP x1 61min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b
              97550 GP x1 ?min
            """,
            lacks="minutes",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x2 15min
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              98980 GP x1 5min
        """),
    ),
)
