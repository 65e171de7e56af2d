"""The charge is below what the payer allows.

A payer pays the lesser of the charge and the allowed amount, so the difference is given away.

Not flagged: a charge equal to the allowed amount; cash visits, where the charge is the price.
Fix: none; the clinic sets its own fees.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import Confidence, statute

rule = Rule(
    code="CH101",
    name="charge-below-allowed-amount",
    over="lines",
    severity=Severity.LEFT,
    coding_terms=True,
    applies=col.payer_kind != "cash",
    flag=col.charge_cents < col.allowed_cents,
    message="{code} is charged {charge_cents:money}, the payer allows {allowed_cents:money}",
    dollars=col.allowed_cents - col.charge_cents,
    concept="charge-below-allowed",
    sources=(
        statute(
            "42 USC 1395l",
            "(a)(1): the lesser of the actual charge and the fee schedule amount",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x1 15min $29.06
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x1 15min $29.05
            """,
            at="line 1",
            says="97110 is charged $29.05, the payer allows $29.06",
        ),
        good("""
            visit 2026-03-04 auto_mi accident_kind=auto accident_state=MI
              97110 x1 15min $55.21
        """),
        bad(
            """
            visit 2026-03-04 auto_mi accident_kind=auto accident_state=MI
              97110 x1 15min $55.20
            """,
            at="line 1",
            says="97110 is charged $55.20, the payer allows $55.21",
        ),
        exempt("""
            visit 2026-03-04 cash
              97110 x1 15min $20.00
        """),
        unknown(
            """
            visit 2026-03-04 aetna
              97110 GP x1 15min $20.00
            """,
            lacks="price",
        ),
    ),
)
