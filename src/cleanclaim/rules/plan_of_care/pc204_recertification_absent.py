"""The visit lies more than 90 days into the plan, and the plan was not recertified.

A first certification covers the plan's duration or 90 days from the first treatment, whichever is less. Whether the
first day counts is not stated; it is counted here, which is the careful reading.

Not flagged: a plan that was recertified, and a certification that says itself that it has ended: PC203 watches its last
day.
Fix: none; recertify.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, known_true, one_of, unknown
from cleanclaim.sources import page, regulation

rule = Rule(
    code="PC204",
    name="recertification-absent",
    over="claims",
    severity=Severity.RECOUP,
    applies=col.payer_plan_of_care_certification_required & col.has_plan_of_care & col.is_first_certification,
    flag=(
        (col.date_of_service > col.first_interval_through)
        & known_true(
            one_of(col.certification_method, ["signed", "verbal", "order_exception"])
            & (col.date_of_service > col.certified_through)
        ).not_()
    ),
    message="treated on {date_of_service} without a recertification, the first {recertification_days} days from {plan_first_treatment_on} ended on {first_interval_through}",
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
            visit 2026-05-02 medicare_b plan_first_treatment_on=2026-02-02
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-05-03 medicare_b plan_first_treatment_on=2026-02-02
              97110 GP x2 30min
            """,
            at="claim",
            says="treated on 2026-05-03 without a recertification, the first 90 days from 2026-02-02 ended on 2026-05-02",
        ),
        bad(
            """
            visit 2026-05-03 medicare_b plan_first_treatment_on=2026-02-02 certification_method=not_certified is_recertification=?
              97110 GP x2 30min
            """,
            at="claim",
            says="treated on 2026-05-03 without a recertification, the first 90 days from 2026-02-02 ended on 2026-05-02",
        ),
        unknown(
            """
            visit 2026-05-03 medicare_b plan_first_treatment_on=2026-02-02 is_recertification=?
              97110 GP x2 30min
            """,
            lacks="renews an earlier one",
        ),
        # PC203 says it by the certification's own last day.
        good("""
            visit 2026-05-04 medicare_b plan_first_treatment_on=2026-02-02 certified_through=2026-05-03
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-05-04 medicare_b plan_first_treatment_on=2026-02-02 certified_through=2026-05-04
              97110 GP x2 30min
            """,
            at="claim",
            says="treated on 2026-05-04 without a recertification, the first 90 days from 2026-02-02 ended on 2026-05-02",
        ),
        exempt("""
            visit 2026-05-03 medicare_b plan_first_treatment_on=2026-02-02 is_recertification=true
              97110 GP x2 30min
        """),
        exempt("""
            visit 2026-05-03 cash plan_first_treatment_on=2026-02-02
              97110 x2 30min
        """),
        exempt("""
            visit 2026-05-03 medicare_b plan_first_treatment_on=2026-02-02 has_plan_of_care=false
              97110 GP x2 30min
        """),
    ),
)
