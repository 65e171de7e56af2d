"""The coverage that is billed is not on file, though another is.

A patient with a second policy and no first one was entered wrongly, or the first was never asked for. The claim has no
payer to go to, and a second payer turns it away until the first has answered.

Not flagged: patients without any coverage, who pay themselves.
Fix: none; the patient's cards tell which policy is first.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, unknown
from cleanclaim.sources import page

rule = Rule(
    code="ID207",
    name="coverage-absent",
    over="claims",
    severity=Severity.REJECT,
    flag=col.has_coverage.not_(),
    message="{coverage_order} coverage billed, the patient has none on file",
    concept="coverage-missing",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "X12",
            "837P 005010X222A1",
            "payer: name and identifier required; read in the map of pyx12 4.0.0",
            read_on=date(2026, 11, 21),
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
        """),
        good("""
            visit 2026-03-04 cash member_id=none
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 payer=? has_coverage=false member_id=?
              97110 GP x2 30min
            """,
            at="claim",
            says="primary coverage billed, the patient has none on file",
        ),
        unknown(
            """
            visit 2026-03-04 payer=? has_coverage=?
              97110 GP x2 30min
            """,
            lacks="coverage billed is on file",
        ),
    ),
)
