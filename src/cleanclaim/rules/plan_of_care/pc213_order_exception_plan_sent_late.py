"""An order is to stand in for the certification, and the plan was sent too late for that.

The exception of 2025 wants evidence that the plan went to the physician within 30 days of the initial evaluation.
Sent later, the plan needs a signature.

Not flagged: a plan sent on the thirtieth day; a recertification, for which no order stands in (PC214).
Fix: none; obtain a delayed certification.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, known_true, since, unknown
from cleanclaim.sources import page, regulation

rule = Rule(
    code="PC213",
    name="order-exception-plan-sent-late",
    over="claims",
    severity=Severity.RECOUP,
    effective=since(2025, 1, 1),
    applies=(
        col.payer_plan_of_care_certification_required
        & (col.certification_method == "order_exception")
        & known_true(col.is_recertification).not_()
    ),
    flag=col.plan_sent_on > col.plan_to_be_sent_by,
    message="plan of care sent on {plan_sent_on}, an order stands in for a signature only when it was sent by {plan_to_be_sent_by}",
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
            visit 2026-03-06 medicare_b certification_method=order_exception plan_first_treatment_on=2026-02-02 plan_sent_on=2026-03-04
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-06 medicare_b certification_method=order_exception plan_first_treatment_on=2026-02-02 plan_sent_on=2026-03-05
              97110 GP x2 30min
            """,
            at="claim",
            says="plan of care sent on 2026-03-05, an order stands in for a signature only when it was sent by 2026-03-04",
        ),
        exempt("""
            visit 2026-05-20 medicare_b certification_method=order_exception is_recertification=true plan_sent_on=2026-05-10 plan_first_treatment_on=2026-02-02
              97110 GP x2 30min
        """),
        exempt("""
            visit 2024-12-31 medicare_b certification_method=order_exception plan_first_treatment_on=2024-11-01 plan_sent_on=2024-12-20
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2025-01-01 medicare_b certification_method=order_exception plan_first_treatment_on=2024-11-01 plan_sent_on=2024-12-20
              97110 GP x2 30min
            """,
            at="claim",
            says="plan of care sent on 2024-12-20, an order stands in for a signature only when it was sent by 2024-12-01",
        ),
        unknown(
            """
            visit 2026-03-06 medicare_b certification_method=order_exception plan_sent_on=?
              97110 GP x2 30min
            """,
            lacks="the day the plan was sent",
        ),
        exempt("""
            visit 2026-03-06 cash certification_method=order_exception plan_first_treatment_on=2026-02-02 plan_sent_on=2026-03-05
              97110 x2 30min
        """),
        exempt("""
            visit 2026-03-06 medicare_b certification_method=signed plan_first_treatment_on=2026-02-02 plan_sent_on=2026-03-05
              97110 GP x2 30min
        """),
    ),
)
