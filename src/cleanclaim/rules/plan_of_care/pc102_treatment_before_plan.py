"""Treatment is billed for a day before the plan of care was established.

The plan comes first: what was furnished before it is not under a plan and is denied or taken back. A plan that was
established on the day of the evaluation covers treatment of that day.

Not flagged: the evaluation itself, which may come days before the plan.
Fix: none; the date of a plan is what the record shows.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import manual, regulation

rule = Rule(
    code="PC102",
    name="treatment-before-plan",
    over="claims",
    severity=Severity.DENY,
    applies=col.payer_plan_of_care_certification_required & col.has_treatment_lines & col.has_plan_of_care,
    flag=col.date_of_service < col.plan_established_on,
    message="treated on {date_of_service}, the plan of care was established on {plan_established_on} and covers no day before it",
    concept="service-before-plan",
    dollars=col.claim_allowed_cents,
    sources=(
        regulation("42 CFR 410.61", "(b), (c): plan of treatment", read_on=date(2026, 11, 21)),
        manual("100-02", "ch. 15 §220.1.2, read in a copy", read_on=date(2026, 11, 21)),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b plan_established_on=2026-03-04
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b plan_established_on=2026-03-05
              97110 GP x2 30min
            """,
            at="claim",
            says="treated on 2026-03-04, the plan of care was established on 2026-03-05 and covers no day before it",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b plan_established_on=?
              97110 GP x2 30min
            """,
            lacks="the day the plan was written",
        ),
        exempt("""
            visit 2026-03-04 medicare_b plan_established_on=2026-03-05
              97162 GP 30min
        """),
        exempt("""
            visit 2026-03-04 cash plan_established_on=2026-03-05
              97110 x2 30min
        """),
        exempt("""
            visit 2026-03-04 medicare_b plan_established_on=2026-03-05 has_plan_of_care=false
              97110 GP x2 30min
        """),
    ),
)
