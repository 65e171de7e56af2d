"""The claim has no number of the payer.

Clearinghouses route by the payer's number. Without it the claim goes nowhere, whatever the payer's name says.

Not flagged: patients who pay themselves.
Fix: none; the clearinghouse's list of payers has the number.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="ID233",
    name="payer-identifier-absent",
    over="claims",
    severity=Severity.REJECT,
    applies=col.payer_kind != "cash",
    flag=col.payer_identifier == "",
    message="no payer number on the claim, the clearinghouse wants one",
    concept="payer-identifier-missing",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "X12",
            "837P 005010X222A1",
            "payer: identifier required; read in the map of pyx12 4.0.0",
            read_on=date(2026, 11, 21),
        ),
        page(
            "Practice management help center",
            "Claim scrubbing errors",
            "payer identification code is missing",
            read_on=date(2026, 11, 21),
            url="https://support.practiceadmin.com/portal/en/kb/articles/claim-scrubbing-errors",
            confidence=Confidence.SECONDARY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b payer_identifier=none
              97110 GP x2 30min
            """,
            at="claim",
            says="no payer number on the claim, the clearinghouse wants one",
        ),
        exempt("""
            visit 2026-03-04 cash payer_identifier=none member_id=none
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b payer_identifier=?
              97110 GP x2 30min
            """,
            lacks="number by which the payer",
        ),
    ),
)
