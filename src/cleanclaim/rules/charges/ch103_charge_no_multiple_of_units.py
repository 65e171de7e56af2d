"""The charge of a line does not divide into its units to the cent.

A charge is the price of one unit times the units; one that does not divide is mostly the price of another number of
units.

Not flagged: one unit.
Fix: none; the clinic's fees tell the charge.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import page

rule = Rule(
    code="CH103",
    name="charge-no-multiple-of-units",
    over="lines",
    severity=Severity.ADVICE,
    applies=col.units > 1,
    flag=col.charge_cents % col.units != 0,
    message="{code} is charged {charge_cents:money} for {units:count unit}",
    concept="charge-not-a-multiple",
    sources=(
        page("CleanClaim", "Project figure", "charges: units times the price of one", read_on=date(2026, 11, 21)),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x3 45min $90.00
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x3 45min $100.00
            """,
            at="line 1",
            says="97110 is charged $100.00 for 3 units",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x1 15min $60.01
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b
              97110 GP x3 45min $?
            """,
            lacks="charge of the line",
        ),
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min $90.00
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x2 30min $90.01
            """,
            at="line 1",
            says="97110 is charged $90.01 for 2 units",
        ),
    ),
)
