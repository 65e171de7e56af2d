"""The visit is beyond the number the payer pays.

Many plans pay a number of visits a year, others a number for each injury or episode; visits beyond it are denied. Under
California workers' compensation it is 24 for an injury, unless the employer authorizes more in writing or a
post-surgical schedule holds.

Not flagged: visits of another discipline, where disciplines are counted apart; payers without a limit.
Fix: none; ask for authorization of more visits.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import page

_VISIT = "visit 2026-03-04 wc_ca accident_kind=employment claim_number=K1 employer=Northwind\n  97110 x2 30min\n"


def _earlier(visits: int, words: str) -> str:
    """So many visits in January, each with these words of the claim notation."""
    return "".join(f"history 2026-01-{day:02d} wc_ca {words}\n  97110 x1 15min\n" for day in range(2, 2 + visits))


rule = Rule(
    code="PY103",
    name="visits-above-payer-limit",
    over="claims",
    severity=Severity.DENY,
    applies=col.payer_has_visit_cap,
    flag=pl.when(col.visit_number_at_least > col.payer_visit_cap_visits)
    .then(pl.lit(value=True))
    .when(col.visit_number_at_most <= col.payer_visit_cap_visits)
    .then(pl.lit(value=False)),
    message="visit {visit_number_at_least} of the case, the payer pays {payer_visit_cap_visits}",
    concept="payer-visits-exhausted",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "California", "Labor Code 4604.5", "(c): 24 visits an injury, from 2004-01-01", read_on=date(2026, 11, 21)
        ),
    ),
    examples=(
        good(_VISIT + _earlier(23, "claim_number=K1")),
        bad(
            _VISIT + _earlier(24, "claim_number=K1"),
            at="claim",
            says="visit 25 of the case, the payer pays 24",
        ),
        good(_VISIT + _earlier(24, "claim_number=K1 discipline=OT")),
        good(_VISIT + _earlier(24, "claim_number=K2")),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 wc_ca knows_history=false accident_kind=employment accident_on=2026-01-02 claim_number=K1 employer=Northwind
              97110 x2 30min
            """,
            lacks="other claims",
        ),
        unknown(
            """
            visit 2026-03-04 aetna
              97110 GP x2 30min
            """,
            lacks="payer's file",
        ),
    ),
)
