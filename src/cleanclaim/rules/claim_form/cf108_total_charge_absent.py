"""The claim states no total charge.

The payer holds the total against the lines. A claim without one is turned away before anybody reads the lines.

Not flagged: a total that is stated and wrong (CF101), and sources that cannot tell whether one was stated.
Fix: none; the claim has to be made again from its lines.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, left_empty, unknown
from cleanclaim.sources import page

rule = Rule(
    code="CF108",
    name="total-charge-absent",
    over="claims",
    severity=Severity.REJECT,
    flag=left_empty(col.total_charge_cents, "total_charge_cents", col.claim_fields_absent),
    message="no total charge on the claim, the payer wants one",
    concept="total-charge-missing",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "X12",
            "837P 005010X222A1",
            "claim: total charge amount required; read in the map of pyx12 4.0.0",
            read_on=date(2026, 11, 21),
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b total_charge_cents=24000
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b total_charge_cents=? claim_fields_absent=total_charge_cents
              97110 GP x2 30min $?
            """,
            at="claim",
            says="no total charge on the claim, the payer wants one",
        ),
        good("""
            visit 2026-03-04 medicare_b total_charge_cents=0 claim_fields_absent=none
              97110 GP x2 30min $0.00
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b total_charge_cents=? claim_fields_absent=?
              97110 GP x2 30min $?
            """,
            lacks="columns of dates",
        ),
    ),
)
