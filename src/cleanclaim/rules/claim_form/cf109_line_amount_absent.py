"""A line leaves its charge, its units or its date empty.

A service line is a code, a day, units and a charge. Where one of them is not there, the payer has nothing to price.

Not flagged: a charge of zero (CF104) and units of zero (UN105), which are stated; amounts that could not be read.
Fix: none; the visit tells the units and the day, the clinic's fees the charge.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, left_empty, unknown
from cleanclaim.sources import page

rule = Rule(
    code="CF109",
    name="line-amount-absent",
    over="lines",
    severity=Severity.REJECT,
    flag=left_empty(col.charge_cents, "charge_cents", col.line_fields_absent)
    | left_empty(col.units, "units", col.line_fields_absent)
    | left_empty(col.line_date, "line_date", col.line_fields_absent),
    message="{code} lacks {line_amounts_absent}, the payer wants charge, units and date on every line",
    concept="line-amount-missing",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "X12",
            "837P 005010X222A1",
            "service line: charge, units and date of service required; read in the map of pyx12 4.0.0",
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
            visit 2026-03-04 medicare_b
              97110 GP x2 30min $? line_fields_absent=charge_cents
            """,
            at="line 1",
            says="97110 lacks charge, the payer wants charge, units and date on every line",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x? 30min $? line_fields_absent=charge_cents,units
            """,
            at="line 1",
            says="97110 lacks charge, units, the payer wants charge, units and date on every line",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b
              97110 GP x? 30min line_fields_absent=?
            """,
            lacks="columns of dates",
        ),
    ),
)
