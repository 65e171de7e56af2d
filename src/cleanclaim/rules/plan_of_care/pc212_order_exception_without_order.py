"""An order is to stand in for the certification, and no signed and dated order is in the record.

The exception of 2025 rests on the physician's own signature under an order or referral. Without it the plan needs a
signature like any other.

Not flagged: an order of which the record has only a copy.
Fix: none; obtain the order or a delayed certification.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, since, unknown
from cleanclaim.sources import page, regulation

rule = Rule(
    code="PC212",
    name="order-exception-without-order",
    over="claims",
    severity=Severity.RECOUP,
    effective=since(2025, 1, 1),
    applies=col.payer_plan_of_care_certification_required & (col.certification_method == "order_exception"),
    flag=col.has_order.not_(),
    message="certified by an order on file, and no signed and dated order is in the record; the plan needs a signature",
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
            visit 2025-01-01 medicare_b certification_method=order_exception has_order=true
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2025-01-01 medicare_b certification_method=order_exception has_order=false
              97110 GP x2 30min
            """,
            at="claim",
            says="certified by an order on file, and no signed and dated order is in the record; the plan needs a signature",
        ),
        exempt("""
            visit 2024-12-31 medicare_b certification_method=order_exception has_order=false
              97110 GP x2 30min
        """),
        exempt("""
            visit 2026-03-04 medicare_b certification_method=signed has_order=false
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2025-01-01 medicare_b certification_method=order_exception has_order=?
              97110 GP x2 30min
            """,
            lacks="dated order",
        ),
        exempt("""
            visit 2025-01-01 cash certification_method=order_exception has_order=false
              97110 x2 30min
        """),
    ),
)
