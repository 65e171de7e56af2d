"""The visit lies after the last day that the certification covers.

A certification covers the days it states and no more. Further treatment needs a recertification; it may come late,
but until it does the visit is not certified.

Not flagged: a certification whose last day is not written (PC204 and PC205 watch the other limits).
Fix: none; recertify.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, one_of, unknown
from cleanclaim.sources import page, regulation

rule = Rule(
    code="PC203",
    name="certification-expired",
    over="claims",
    severity=Severity.RECOUP,
    applies=col.payer_plan_of_care_certification_required
    & one_of(col.certification_method, ["signed", "verbal", "order_exception"]),
    flag=col.date_of_service > col.certified_through,
    message="treated on {date_of_service}, the certification covers days through {certified_through}",
    concept="certification-expired",
    dollars=col.claim_allowed_cents,
    sources=(
        regulation("42 CFR 424.24", "(c)", read_on=date(2026, 11, 21)),
        page(
            "Noridian Healthcare Solutions",
            "Certification and the plan of care, 2025-09-08",
            "recertification",
            read_on=date(2026, 11, 21),
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b certified_through=2026-03-04
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b certified_through=2026-03-03
              97110 GP x2 30min
            """,
            at="claim",
            says="treated on 2026-03-04, the certification covers days through 2026-03-03",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b certified_through=?
              97110 GP x2 30min
            """,
            lacks="last day the certification covers",
        ),
        exempt("""
            visit 2026-03-04 medicare_b certified_through=2026-03-03 certification_method=not_certified
              97110 GP x2 30min
        """),
        exempt("""
            visit 2026-03-04 cash certified_through=2026-03-03
              97110 x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b certified_through=2026-03-03 certification_method=verbal
              97110 GP x2 30min
            """,
            at="claim",
            says="treated on 2026-03-04, the certification covers days through 2026-03-03",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b certified_through=2026-03-03 certification_method=order_exception
              97110 GP x2 30min
            """,
            at="claim",
            says="treated on 2026-03-04, the certification covers days through 2026-03-03",
        ),
    ),
)
