"""The Medicare number has not the form of a beneficiary identifier.

It has eleven places: a digit from 1, letters in places 2, 5, 8 and 9, digits in 4, 7, 10 and 11, either in 3 and 6. The
letters S, L, O, I, B and Z are never used, and the dashes of the card are left out.

Not flagged: dates before 2020, when the older numbers still counted; no number at all (ID201).
Fix: none; the card has it.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import Confidence, page

_FORM = (
    "^[1-9][AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9][0-9][AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9][0-9]"
    "[AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y][0-9][0-9]$"
)

rule = Rule(
    code="ID202",
    name="medicare-number-malformed",
    over="claims",
    severity=Severity.REJECT,
    payers="Medicare Part B",
    applies=(col.payer_kind == "medicare_b")
    & (col.payer_member_id_format == "medicare_beneficiary_identifier")
    & (col.member_id != ""),
    flag=col.member_id.str.contains(_FORM).not_(),
    message="the Medicare number has not the form of a beneficiary identifier",
    concept="member-id-invalid",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "CMS",
            "Medicare beneficiary identifier",
            "format: eleven places, no S, L, O, I, B, Z",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b member_id=1EG4TE5MK73
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b member_id=1SG4TE5MK73
              97110 GP x2 30min
            """,
            at="claim",
            says="the Medicare number has not the form of a beneficiary identifier",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b member_id=1EG4-TE5-MK73
              97110 GP x2 30min
            """,
            at="claim",
            says="the Medicare number has not the form of a beneficiary identifier",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b member_id=1EG4TE5MK7
              97110 GP x2 30min
            """,
            at="claim",
            says="the Medicare number has not the form of a beneficiary identifier",
        ),
        bad(
            """
            visit 2020-01-01 medicare_b member_id=0EG4TE5MK73
              97110 GP x2 30min
            """,
            at="claim",
            says="the Medicare number has not the form of a beneficiary identifier",
        ),
        unknown(
            """
            visit 2019-12-31 medicare_b member_id=123456789A
              97110 GP x2 30min
            """,
            lacks="payer's file",
        ),
        exempt("""
            visit 2026-03-04 cash member_id=none
              97110 x2 30min
        """),
        exempt("""
            visit 2026-03-04 medicare_b member_id=none
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
