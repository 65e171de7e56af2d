"""The payer does not take this kind of claim.

Medicare Part B takes first claims only: a mistake in a processed one is mended by a reopening, not by a replacement.

Not flagged: payers who take replacements and voids.
Fix: none; ask for a reopening.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, listed, one_of, unknown
from cleanclaim.sources import Confidence, page, regulation

rule = Rule(
    code="ID222",
    name="frequency-not-accepted",
    over="claims",
    severity=Severity.REJECT,
    applies=one_of(col.frequency_code, ["1", "7", "8"]),
    flag=listed(col.frequency_code, col.payer_accepts_frequency_codes).not_(),
    message="the claim is marked with frequency code {frequency_code}; the payer takes only {payer_accepts_frequency_codes}",
    concept="frequency-not-accepted",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "Billing practice",
            "Stated widely in the trade; the payer's own text was not read",
            "Medicare Part B takes frequency 1 only",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
        regulation("42 CFR 405.980", "reopening of clerical errors", read_on=date(2026, 11, 21)),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b frequency_code=7 original_reference=R77
              97110 GP x2 30min
            """,
            at="claim",
            says="the claim is marked with frequency code 7; the payer takes only 1",
        ),
        good("""
            visit 2026-03-04 aetna frequency_code=7 original_reference=R77
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 wc_ca frequency_code=7 accident_kind=employment accident_on=2026-02-01 claim_number=K1 employer=Northwind
              97110 x2 30min
            """,
            lacks="payer's file",
        ),
        exempt("""
            visit 2026-03-04 aetna frequency_code=3
              97110 GP x2 30min
        """),
        good("""
            visit 2026-03-04 uhc_commercial frequency_code=8 original_reference=R7
              97110 GP x2 30min
        """),
    ),
)
