"""One code is charged at two prices for a unit on the same claim.

Charges are the clinic's own, one for each code. Two prices on one claim are mostly a slip, and payers who pay a share of
the charge pay too little on one of the lines.

Not flagged: codes on one line each; a part or a multiple of a service (26, TC, 50, 52, 80), which has its own charge.
Fix: none; the clinic's fees tell the charge.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, unknown
from cleanclaim.sources import page

rule = Rule(
    code="CH102",
    name="unit-charged-differently",
    over="lines",
    severity=Severity.ADVICE,
    flag=col.unit_charge_differs,
    message="{code} is charged {charge_cents:money} for {units} here, {unit_charge_line_cents:money} for {unit_charge_line_units} on line {unit_charge_line_number}",
    concept="unit-charge-differs",
    sources=(
        page("CleanClaim", "Project figure", "charges: one price for a unit of a code", read_on=date(2026, 11, 21)),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min $120.00
              97110 GP CQ x1 15min $60.00 pta=15
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x2 30min $120.00
              97110 GP CQ x1 15min $60.01 pta=15
            """,
            at="line 2",
            says="97110 is charged $60.01 for 1 here, $120.00 for 2 on line 1",
        ),
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min $120.00
              97140 GP x1 15min $50.00
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b
              97110 GP x2 30min $120.00
              97110 GP CQ x1 15min $? pta=15
            """,
            lacks="charge",
        ),
    ),
)
