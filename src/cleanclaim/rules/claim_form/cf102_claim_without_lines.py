"""The claim states a charge and has no service line.

There is nothing to pay; a claim file without lines is turned away.

Not flagged: a visit of which nothing is billed; lines without a charge (CF104).
Fix: none; say what was done, or bill nothing.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import page

rule = Rule(
    code="CF102",
    name="claim-without-lines",
    over="claims",
    severity=Severity.REJECT,
    applies=col.total_charge_cents > 0,
    flag=col.line_count == 0,
    message="{total_charge_cents:money} charged, and no service line",
    concept="claim-without-lines",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "X12",
            "837P 005010X222A1",
            "service line: at least one a claim; read in the map of pyx12 4.0.0",
            read_on=date(2026, 11, 21),
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b total_charge_cents=12000
              did nothing
            """,
            at="claim",
            says="$120.00 charged, and no service line",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              did nothing
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b total_charge_cents=?
              97110 GP x1 15min $?
            """,
            lacks="total charge",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b total_charge_cents=1
              did nothing
            """,
            at="claim",
            says="$0.01 charged, and no service line",
        ),
    ),
)
