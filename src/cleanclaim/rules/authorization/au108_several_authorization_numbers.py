"""The claim names more than one authorization number.

A claim has room for one. Clearinghouses turn a claim with two away, and where one passes the payer takes the first.

Not flagged: the same number on the claim and on its lines; a referral number, which has a place of its own.
Fix: none; part the claim by authorization, or take off the one that does not cover the visit.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, unknown
from cleanclaim.sources import page

rule = Rule(
    code="AU108",
    name="several-authorization-numbers",
    over="claims",
    severity=Severity.REJECT,
    flag=(col.authorization_count > 1) | col.authorization_number.str.contains(r"[,;/ ]"),
    message="{authorization_count} authorization numbers on the claim, a claim holds one",
    concept="authorization-several",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "X12",
            "837P 005010X222A1",
            "prior authorization: one for a claim; read in the map of pyx12 4.0.0",
            read_on=date(2026, 11, 21),
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
        """),
        good("""
            visit 2026-03-04 medicare_b authorization_count=0 authorization_number=none has_authorization=false
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b authorization_count=2
              97110 GP x2 30min
            """,
            at="claim",
            says="2 authorization numbers on the claim, a claim holds one",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b authorization_number=A100/A101
              97110 GP x2 30min
            """,
            at="claim",
            says="1 authorization numbers on the claim, a claim holds one",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b authorization_count=?
              97110 GP x2 30min
            """,
            lacks="authorization numbers",
        ),
    ),
)
