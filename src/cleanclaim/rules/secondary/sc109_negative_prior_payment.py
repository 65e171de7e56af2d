"""An earlier payer is said to have paid less than nothing on a line.

A payment that was taken back is told by the answer that replaced it. The next payer turns a negative one away.

Not flagged: a payment of zero; adjustments below zero, which stand for more than was charged; a payment below zero
beside a larger one of another earlier payer.
Fix: none; the last remittance of the earlier payer tells what stands.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import page

rule = Rule(
    code="SC109",
    name="negative-prior-payment",
    over="lines",
    severity=Severity.REJECT,
    applies=col.prior_answers > 0,
    flag=col.line_prior_paid_cents < 0,
    message="earlier payers paid {line_prior_paid_cents:money} on {code}, the least is nothing",
    payers="payers billed after another",
    concept="secondary-payment-negative",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "Stedi",
            "Changelog",
            "claim edit: other payer's paid amount of a line not below zero",
            read_on=date(2026, 11, 21),
            url="https://www.stedi.com/changelog",
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b coverage_order=secondary prior_payers=1 prior_paid_cents=10000 medicare_secondary_type=12
              97110 GP x2 30min $240.00 prior_answers=1 line_prior_paid_cents=10000 line_prior_adjusted_cents=14000 prior_adjustments=2 prior_adjudicated_on=2026-03-20
        """),
        good("""
            visit 2026-03-04 medicare_b coverage_order=secondary prior_payers=1 prior_paid_cents=10000 medicare_secondary_type=12
              97110 GP x2 30min $240.00 prior_answers=1 line_prior_paid_cents=0 line_prior_adjusted_cents=24000 prior_adjustments=2 prior_adjudicated_on=2026-03-20
        """),
        bad(
            """
            visit 2026-03-04 medicare_b coverage_order=secondary prior_payers=1 prior_paid_cents=10000 medicare_secondary_type=12
              97110 GP x2 30min $240.00 prior_answers=1 line_prior_paid_cents=-1 line_prior_adjusted_cents=24001 prior_adjustments=2 prior_adjudicated_on=2026-03-20
            """,
            at="line 1",
            says="earlier payers paid -$0.01 on 97110, the least is nothing",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b coverage_order=secondary prior_payers=1 prior_paid_cents=10000 medicare_secondary_type=12
              97110 GP x2 30min $240.00 prior_answers=1 line_prior_paid_cents=? line_prior_adjusted_cents=14000 prior_adjustments=2 prior_adjudicated_on=2026-03-20
            """,
            lacks="paid on the line",
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
