"""A line bills a code that the authorization does not cover.

Some approvals list codes; a code outside the list is denied though visits are left. The line's own number says which
codes were asked for.

Not flagged: an authorization that lists no code, and an evaluation that the payer exempts.
Fix: none; ask the payer to add the code.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="AU107",
    name="code-not-authorized",
    over="lines",
    severity=Severity.DENY,
    applies=col.authorization_governs & col.line_is_exempt_evaluation.not_(),
    flag=col.line_is_authorized.not_(),
    message="{code} billed, authorization {authorization_number} covers {authorization_codes}",
    payers="payers that may require authorization",
    concept="authorization-code",
    dollars=col.allowed_cents,
    sources=(
        page(
            "X12",
            "Claim adjustment reason codes, list of 2024-06",
            "codes 197 and 284",
            read_on=date(2026, 11, 21),
            confidence=Confidence.SECONDARY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 uhc_medicare_advantage authorization_codes=97110,97140
              97110 GP x2 30min
              97140 GP x1 15min
        """),
        bad(
            """
            visit 2026-03-04 uhc_medicare_advantage authorization_codes=97110,97140
              97110 GP x2 30min
              97530 GP x1 15min
            """,
            at="line 2",
            says="97530 billed, authorization A100 covers 97110, 97140",
        ),
        good("""
            visit 2026-03-04 uhc_medicare_advantage authorization_codes=none
              97530 GP x1 15min
        """),
        exempt("""
            visit 2026-03-04 uhc_medicare_advantage authorization_codes=97110,97140
              97162 GP 30min
        """),
        unknown(
            """
            visit 2026-03-04 uhc_medicare_advantage authorization_codes=?
              97110 GP x2 30min
            """,
            lacks="codes the authorization covers",
        ),
        exempt("""
            visit 2026-03-04 medicare_b authorization_codes=97110
              97530 GP x1 15min
        """),
    ),
)
