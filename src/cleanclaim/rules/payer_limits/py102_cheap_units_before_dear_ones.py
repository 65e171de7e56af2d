"""The payer's daily limit cuts off a line that is worth more than this one.

This payer pays the first units in the order of the claim and denies the rest, so the best-paid lines belong first. Worth
is the allowed amount of a unit where it is known, else its charge.

Not flagged: claims within the limit; payers who choose the best units themselves.
Fix: none; ATTEST by hand, put the lines in falling order of what a unit is worth.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="PY102",
    name="cheap-units-before-dear-ones",
    over="lines",
    severity=Severity.LEFT,
    coding_terms=True,
    applies=col.payer_line_order_matters & (col.claim_capped_units > col.payer_daily_unit_cap_units),
    flag=col.is_worth_less_than_cut_off,
    message="{code} at {unit_worth_cents:money} a unit stands before a line at {cut_off_worth_cents:money} that the daily limit cuts off",
    dollars=col.cut_off_worth_cents - col.unit_worth_cents,
    concept="line-order",
    sources=(
        page(
            "Utah Occupational Therapy Association",
            "Take action: Cigna and American Specialty Health",
            "four units a visit, the first on the claim",
            read_on=date(2026, 11, 21),
            confidence=Confidence.SECONDARY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 cigna
              97530 GP x2 30min $140.00
              97110 GP x2 30min $120.00
              97140 GP x1 15min $50.00
        """),
        bad(
            """
            visit 2026-03-04 cigna
              97140 GP x1 15min $50.00
              97110 GP x2 30min $120.00
              97530 GP x2 30min $120.00
            """,
            at="line 1",
            says="97140 at $50.00 a unit stands before a line at $60.00 that the daily limit cuts off",
        ),
        exempt("""
            visit 2026-03-04 cigna
              97140 GP x1 15min $50.00
              97110 GP x3 45min $180.00
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              97140 GP x1 15min $50.00
              97110 GP x4 60min $240.00
        """),
        unknown(
            """
            visit 2026-03-04 cigna
              97140 GP x1 15min $?
              97110 GP x2 30min $120.00
              97530 GP x2 30min $140.00
            """,
            lacks="charged",
        ),
        unknown(
            """
            visit 2022-10-31 cigna
              97140 GP x1 15min $50.00
              97110 GP x4 60min $240.00
            """,
            lacks="payer's file",
        ),
        bad(
            """
            visit 2022-11-01 cigna
              97140 GP x1 15min $50.00
              97110 GP x4 60min $240.00
            """,
            at="line 1",
            says="97140 at $50.00 a unit stands before a line at $60.00 that the daily limit cuts off",
        ),
    ),
)
