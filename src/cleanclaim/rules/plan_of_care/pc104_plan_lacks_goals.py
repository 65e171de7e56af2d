"""The plan of care states no long-term goals.

A plan must state its anticipated goals. A reviewer who finds none cannot tell what the treatment was for and takes
back what was paid.

Not flagged: goals without dates or measurements; that is a matter of quality, not of absence.
Fix: none; goals are the therapist's to write.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import page, regulation

rule = Rule(
    code="PC104",
    name="plan-lacks-goals",
    over="claims",
    severity=Severity.RECOUP,
    applies=col.payer_plan_of_care_certification_required & col.has_plan_of_care,
    flag=col.plan_has_goals.not_(),
    message="the plan of care states no long-term goals, a plan must state them",
    concept="plan-incomplete",
    dollars=col.claim_allowed_cents,
    sources=(
        regulation("42 CFR 410.61", "(b), (c): plan of treatment", read_on=date(2026, 11, 21)),
        page(
            "Noridian Healthcare Solutions",
            "Certification and the plan of care, 2025-09-08",
            "content of a plan",
            read_on=date(2026, 11, 21),
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b plan_has_goals=true
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b plan_has_goals=false
              97110 GP x2 30min
            """,
            at="claim",
            says="the plan of care states no long-term goals, a plan must state them",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b plan_has_goals=?
              97110 GP x2 30min
            """,
            lacks="goals are written",
        ),
        exempt("""
            visit 2026-03-04 medicare_b plan_has_goals=false has_plan_of_care=false
              97110 GP x2 30min
        """),
        exempt("""
            visit 2026-03-04 cash plan_has_goals=false
              97110 x2 30min
        """),
    ),
)
