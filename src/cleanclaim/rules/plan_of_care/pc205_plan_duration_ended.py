"""The visit lies after the last day of the plan's own duration.

A certification never reaches beyond the plan it certifies. Once the planned weeks are over, further treatment needs
a new or extended plan and its recertification.

Not flagged: the last planned day itself.
Fix: none; extend the plan in writing and recertify.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import manual, page

rule = Rule(
    code="PC205",
    name="plan-duration-ended",
    over="claims",
    severity=Severity.RECOUP,
    applies=col.payer_plan_of_care_certification_required & col.has_plan_of_care & col.has_treatment_lines,
    flag=col.date_of_service > col.plan_through,
    message="treated on {date_of_service}, the plan of care runs through {plan_through}",
    concept="plan-expired",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "Noridian Healthcare Solutions",
            "Certification and the plan of care, 2025-09-08",
            "interval of a certification",
            read_on=date(2026, 11, 21),
        ),
        manual("100-02", "ch. 15 §220.1.3.B, read in a copy", read_on=date(2026, 11, 21)),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b plan_through=2026-03-04
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b plan_through=2026-03-03
              97110 GP x2 30min
            """,
            at="claim",
            says="treated on 2026-03-04, the plan of care runs through 2026-03-03",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b plan_through=?
              97110 GP x2 30min
            """,
            lacks="last day of the plan",
        ),
        exempt("""
            visit 2026-03-04 medicare_b plan_through=2026-03-03
              97164 GP 20min
              set has_plan_of_care = false
        """),
        exempt("""
            visit 2026-03-04 cash plan_through=2026-03-03
              97110 x2 30min
        """),
        exempt("""
            visit 2026-03-04 medicare_b plan_through=2026-03-03
              97161 GP 30min
        """),
    ),
)
