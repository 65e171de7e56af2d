"""The patient's sex is written otherwise than a claim knows it.

A claim file knows F, M and U.

Not flagged: U.
Fix: none; the payer's record tells which letter it holds.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, one_of, unknown
from cleanclaim.sources import page

rule = Rule(
    code="ID204",
    name="sex-not-known-to-claims",
    over="claims",
    severity=Severity.REJECT,
    flag=one_of(col.sex, ["F", "M", "U"]).not_(),
    message="sex is none of F, M and U",
    concept="sex-invalid",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "X12",
            "837P 005010X222A1",
            "demographics: F, M, U; read in the map of pyx12 4.0.0",
            read_on=date(2026, 11, 21),
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b sex=U
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b sex=X
              97110 GP x2 30min
            """,
            at="claim",
            says="sex is none of F, M and U",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b sex=?
              97110 GP x2 30min
            """,
            lacks="sex: F, M or U",
        ),
        good("""
            visit 2026-03-04 medicare_b sex=F
              97110 GP x2 30min
        """),
        good("""
            visit 2026-03-04 medicare_b sex=M
              97110 GP x2 30min
        """),
    ),
)
