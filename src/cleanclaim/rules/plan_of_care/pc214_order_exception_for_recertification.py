"""An order is to stand in for a recertification.

The exception of 2025 replaces the signature under the first certification only. Every recertification still needs
the physician's or practitioner's signature.

Not flagged: the first certification of a plan.
Fix: none; obtain the signature.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, since, unknown
from cleanclaim.sources import page, regulation

rule = Rule(
    code="PC214",
    name="order-exception-for-recertification",
    over="claims",
    severity=Severity.RECOUP,
    effective=since(2025, 1, 1),
    applies=col.payer_plan_of_care_certification_required & (col.certification_method == "order_exception"),
    flag=col.is_recertification,
    message="recertified by an order on file, a recertification needs a signature",
    concept="order-exception-not-met",
    dollars=col.claim_allowed_cents,
    sources=(
        regulation("42 CFR 424.24", "(c), as amended by 89 FR 97710", read_on=date(2026, 11, 21)),
        page(
            "Noridian Healthcare Solutions",
            "Certification and the plan of care, 2025-09-08",
            "exception from 2025-01-01",
            read_on=date(2026, 11, 21),
        ),
    ),
    examples=(
        good("""
            visit 2025-01-01 medicare_b certification_method=order_exception is_recertification=false
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2025-01-01 medicare_b certification_method=order_exception is_recertification=true
              97110 GP x2 30min
            """,
            at="claim",
            says="recertified by an order on file, a recertification needs a signature",
        ),
        exempt("""
            visit 2024-12-31 medicare_b certification_method=order_exception is_recertification=true
              97110 GP x2 30min
        """),
        exempt("""
            visit 2025-01-01 medicare_b certification_method=signed is_recertification=true
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2025-01-01 medicare_b certification_method=order_exception is_recertification=?
              97110 GP x2 30min
            """,
            lacks="renews an earlier one",
        ),
        exempt("""
            visit 2025-01-01 cash certification_method=order_exception is_recertification=true
              97110 x2 30min
        """),
    ),
)
