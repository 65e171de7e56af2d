"""The clinic's ZIP code has five digits, and the payer wants nine.

Medicare pays by the place of the clinic, and some ZIP codes lie in two localities, so the billing address needs the four
digits more.

Not flagged: payers who ask for five.
Fix: none; the postal service tells them.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="ID126",
    name="billing-zip-without-four-more",
    over="claims",
    severity=Severity.REJECT,
    flag=col.billing_zip.str.contains(r"^[0-9]{5}-?[0-9]{4}$").not_() & col.payer_nine_digit_zip_required,
    message="ZIP {billing_zip} of the clinic, the payer wants nine digits",
    concept="billing-zip-short",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "X12",
            "837P 005010X222A1",
            "billing provider address: nine-digit ZIP code",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b billing_zip=606011234
              97110 GP x2 30min
        """),
        good("""
            visit 2026-03-04 medicare_b billing_zip=60601-1234
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b billing_zip=60601
              97110 GP x2 30min
            """,
            at="claim",
            says="ZIP 60601 of the clinic, the payer wants nine digits",
        ),
        good("""
            visit 2026-03-04 aetna billing_zip=606011234
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 aetna billing_zip=60601
              97110 GP x2 30min
            """,
            lacks="payer's file",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b billing_zip=?
              97110 GP x2 30min
            """,
            lacks="ZIP",
        ),
    ),
)
