"""The claim bills more units than the authorization has left.

An approval for a number of units ends with the last of them. Units of codes it covers, on earlier claims at hand
under the same number, come off what was left.

Not flagged: an authorization that states no units, of a payer whose authorizations count visits or dates. One that
states units binds by them, whatever the payer's others count.
Fix: none; ask for more units.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="AU106",
    name="authorized-units-exhausted",
    over="claims",
    severity=Severity.DENY,
    applies=col.authorization_governs & col.authorization_may_count_units,
    flag=col.authorization_units_exhausted,
    message="{authorized_units:count unit} billed, authorization {authorization_number} has {authorization_units_remaining} left",
    payers="payers that may require authorization",
    concept="authorization-exhausted",
    dollars=pl.when(col.authorization_units_remaining <= 0).then(col.claim_allowed_cents),
    sources=(
        page(
            "X12",
            "Claim adjustment reason codes, list of 2024-06",
            "code 198",
            read_on=date(2026, 11, 21),
            confidence=Confidence.SECONDARY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 uhc_medicare_advantage authorization_units_left=3
              97110 GP x2 30min
              97140 GP x1 15min
        """),
        bad(
            """
            visit 2026-03-04 uhc_medicare_advantage authorization_units_left=2
              97110 GP x2 30min
              97140 GP x1 15min
            """,
            at="claim",
            says="3 units billed, authorization A100 has 2 left",
        ),
        bad(
            """
            visit 2026-03-04 uhc_medicare_advantage authorization_units_left=3
              97110 GP x2 30min
            history 2026-03-02 uhc_medicare_advantage
              97110 GP x2 30min
            """,
            at="claim",
            says="2 units billed, authorization A100 has 1 left",
        ),
        good("""
            visit 2026-03-04 uhc_medicare_advantage authorization_units_left=2 authorization_codes=97110
              97110 GP x2 30min
              97140 GP x1 15min
        """),
        unknown(
            """
            visit 2026-03-04 uhc_medicare_advantage authorization_units_left=2
              97110 GP x? 30min
            """,
            lacks="units left of the authorization",
        ),
        unknown(
            """
            visit 2026-03-04 uhc_medicare_advantage authorization_units_left=?
              97110 GP x2 30min
            """,
            lacks="units left",
        ),
        bad(
            """
            visit 2026-03-04 wc_wa authorization_units_left=1
              97110 GP x2 30min
            """,
            at="claim",
            says="2 units billed, authorization A100 has 1 left",
        ),
        exempt("""
            visit 2026-03-04 wc_wa authorization_units_left=?
              97110 GP x2 30min
        """),
        exempt("""
            visit 2026-03-04 medicare_b authorization_units_left=0
              97110 GP x2 30min
        """),
    ),
)
