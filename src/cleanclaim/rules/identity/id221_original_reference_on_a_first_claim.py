"""A first claim names an earlier claim.

The payer's number of an earlier claim belongs on a replacement or void. On a first claim it is ignored, and the claim may
be denied as a duplicate.

Not flagged: replacements and voids.
Fix: none; say whether the claim replaces the earlier one.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="ID221",
    name="original-reference-on-a-first-claim",
    over="claims",
    severity=Severity.ADVICE,
    applies=col.frequency_code == "1",
    flag=col.original_reference != "",
    message="an earlier claim is named, and frequency 1 says that this is the first",
    concept="original-reference-on-original",
    sources=(
        page(
            "X12",
            "837P 005010X222A1",
            "REF F8 belongs to frequency 7 and 8",
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
            visit 2026-03-04 aetna original_reference=R77
              97110 GP x2 30min
            """,
            at="claim",
            says="an earlier claim is named, and frequency 1 says that this is the first",
        ),
        exempt("""
            visit 2026-03-04 aetna frequency_code=7 original_reference=R77
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b original_reference=?
              97110 GP x2 30min
            """,
            lacks="claim replaced",
        ),
    ),
)
