"""The claim has no member number.

Without it the payer cannot tell whose claim it is, and turns it away.

Not flagged: cash visits.
Fix: none; the card has it.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="ID201",
    name="member-id-absent",
    over="claims",
    severity=Severity.REJECT,
    applies=col.payer_kind != "cash",
    flag=col.member_id == "",
    message="no member number",
    concept="member-id-missing",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "X12",
            "837P 005010X222A1",
            "subscriber: member number; read in the map of pyx12 4.0.0",
            read_on=date(2026, 11, 21),
        ),
        page(
            "X12",
            "Claim adjustment reason codes, list of 2024-06",
            "code 31: the patient cannot be found",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b member_id=none
              97110 GP x2 30min
            """,
            at="claim",
            says="no member number",
        ),
        exempt("""
            visit 2026-03-04 cash member_id=none
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b member_id=?
              97110 GP x2 30min
            """,
            lacks="number on the card",
        ),
    ),
)
