"""The total charge of the claim is not the sum of its lines.

Clearinghouses add up the lines and turn the claim away when the total differs by a cent.

Not flagged: a claim of which a charge is unknown.
Fix: state the sum; ATTEST, because a line may be what is wrong.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Fix, Rule, Safety, Severity, bad, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="CF101",
    name="total-charge-differs-from-lines",
    over="claims",
    severity=Severity.REJECT,
    flag=col.total_charge_cents != col.line_charges_cents,
    message="total charge {total_charge_cents:money}, the lines add up to {line_charges_cents:money}",
    concept="total-charge-mismatch",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "X12",
            "837P 005010X222A1",
            "CLM02 is the sum of the line charges",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
    ),
    fix=Fix(
        Safety.ATTEST,
        title="State the sum of the lines as the total charge",
        field="total_charge_cents",
        new=col.line_charges_cents,
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b total_charge_cents=18001
              97110 GP x2 30min $120.00
              97140 GP x1 15min $60.00
            """,
            at="claim",
            says="total charge $180.01, the lines add up to $180.00",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b total_charge_cents=12000
              97110 GP x2 30min $120.00
              97140 GP x1 15min $60.00
            """,
            at="claim",
            says="total charge $120.00, the lines add up to $180.00",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b total_charge_cents=12000
              97110 GP x2 30min $?
              97140 GP x1 15min
            """,
            lacks="charge of each line",
        ),
    ),
)
