"""An order stands in for the certification on a day before that was allowed.

Since 2025-01-01 a signed order on file and a plan sent in time replace the signature under a first plan. For
earlier dates of service a signature or a verbal certification was needed.

Not flagged: dates of service from 2025 on (PC212 to PC214 watch the conditions).
Fix: none; obtain a delayed certification.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Period, Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import page, regulation

rule = Rule(
    code="PC211",
    name="order-exception-before-2025",
    over="claims",
    severity=Severity.RECOUP,
    effective=Period(through=date(2024, 12, 31)),
    applies=col.payer_plan_of_care_certification_required,
    flag=col.certification_method == "order_exception",
    message="certified by an order on file for {date_of_service}, that counts from 2025-01-01 on",
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
            visit 2024-12-31 medicare_b certification_method=signed
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2024-12-31 medicare_b certification_method=order_exception certified_on=?
              97110 GP x2 30min
            """,
            at="claim",
            says="certified by an order on file for 2024-12-31, that counts from 2025-01-01 on",
        ),
        exempt("""
            visit 2025-01-01 medicare_b certification_method=order_exception certified_on=?
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2024-12-31 medicare_b certification_method=?
              97110 GP x2 30min
            """,
            lacks="order_exception",
        ),
    ),
)
