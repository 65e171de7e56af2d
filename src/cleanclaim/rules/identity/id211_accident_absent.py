"""The payer covers accidents, and the claim names none.

Workers' compensation and auto carriers pay for one accident; a claim without its kind is returned.

Not flagged: health plans.
Fix: none; the intake form tells the accident.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="ID211",
    name="accident-absent",
    over="claims",
    severity=Severity.REJECT,
    applies=col.payer_accident_required,
    flag=col.accident_kind == "",
    message="no accident on the claim, the payer wants one",
    concept="accident-missing",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "Billing practice",
            "Stated widely in the trade; the payer's own text was not read",
            "workers' compensation and auto: kind and date of the accident",
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
            visit 2026-03-04 wc_ca accident_kind=none accident_on=2026-02-01 claim_number=K1 employer=Northwind
              97110 x2 30min
            """,
            at="claim",
            says="no accident on the claim, the payer wants one",
        ),
        exempt("""
            visit 2026-03-04 medicare_b accident_kind=none
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 wc_ca accident_kind=? accident_on=2026-02-01 claim_number=K1 employer=Northwind
              97110 x2 30min
            """,
            lacks="kind of accident: auto, employment, other",
        ),
    ),
)
