"""A workers' compensation claim names no employer.

The employer is the insured; the carrier cannot place the claim without.

Not flagged: auto carriers and health plans.
Fix: none; the intake form tells the employer.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="ID213",
    name="employer-absent",
    over="claims",
    severity=Severity.REJECT,
    applies=col.payer_employer_required,
    flag=col.employer == "",
    message="no employer on the claim, the payer wants one",
    concept="employer-missing",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "Billing practice",
            "Stated widely in the trade; the payer's own text was not read",
            "workers' compensation: the employer is the insured",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 wc_ca accident_kind=employment accident_on=2026-02-01 claim_number=K1 employer=Northwind
              97110 x2 30min
        """),
        bad(
            """
            visit 2026-03-04 wc_ca accident_kind=employment accident_on=2026-02-01 claim_number=K1 employer=none
              97110 x2 30min
            """,
            at="claim",
            says="no employer on the claim, the payer wants one",
        ),
        exempt("""
            visit 2026-03-04 auto_ny employer=none accident_kind=auto accident_state=NY accident_on=2026-02-01 claim_number=K1 member_id=none
              97110 x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 wc_ca accident_kind=employment accident_on=2026-02-01 claim_number=K1 employer=?
              97110 x2 30min
            """,
            lacks="employer",
        ),
    ),
)
