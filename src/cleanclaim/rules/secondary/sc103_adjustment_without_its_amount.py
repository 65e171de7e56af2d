"""An adjustment of an earlier payer gives a reason and no amount.

A reason alone says nothing of the money, and the line cannot balance.

Not flagged: lines that no earlier payer adjusted.
Fix: none; the remittance has the amount beside the reason.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import page

rule = Rule(
    code="SC103",
    name="adjustment-without-its-amount",
    over="lines",
    severity=Severity.REJECT,
    applies=col.prior_answers > 0,
    flag=col.prior_adjustments_without_amount > 0,
    message="{code} has {prior_adjustments_without_amount} of {prior_adjustments} adjustments without an amount",
    payers="payers billed after another",
    concept="secondary-adjustment-amount-missing",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "X12",
            "837P 005010X222A1",
            "claim and line adjustment: amount required with each reason; read in the map of pyx12 4.0.0",
            read_on=date(2026, 11, 21),
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b coverage_order=secondary prior_payers=1 prior_paid_cents=10000 medicare_secondary_type=12
              97110 GP x2 30min $240.00 prior_answers=1 line_prior_paid_cents=10000 line_prior_adjusted_cents=14000 prior_adjustments=2 prior_adjudicated_on=2026-03-20
        """),
        bad(
            """
            visit 2026-03-04 medicare_b coverage_order=secondary prior_payers=1 prior_paid_cents=10000 medicare_secondary_type=12
              97110 GP x2 30min $240.00 prior_answers=1 line_prior_paid_cents=10000 line_prior_adjusted_cents=14000 prior_adjustments=2 prior_adjudicated_on=2026-03-20 prior_adjustments_without_amount=1
            """,
            at="line 1",
            says="97110 has 1 of 2 adjustments without an amount",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b coverage_order=secondary prior_payers=1 prior_paid_cents=10000 medicare_secondary_type=12
              97110 GP x2 30min $240.00 prior_answers=1 line_prior_paid_cents=10000 line_prior_adjusted_cents=14000 prior_adjustments=2 prior_adjudicated_on=2026-03-20 prior_adjustments_without_amount=?
            """,
            lacks="state no amount",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b coverage_order=secondary prior_payers=1 prior_paid_cents=10000 medicare_secondary_type=12
              97110 GP x2 30min $240.00 prior_answers=? line_prior_paid_cents=10000 line_prior_adjusted_cents=14000 prior_adjustments=2 prior_adjudicated_on=2026-03-20
            """,
            lacks="whose answer",
        ),
    ),
)
