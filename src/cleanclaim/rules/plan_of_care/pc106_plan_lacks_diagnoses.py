"""The plan of care states no diagnosis.

A plan must state the diagnoses it treats. Without them a reviewer cannot tell what condition the certified therapy
was for.

Not flagged: diagnoses of the plan that differ from those of the claim.
Fix: none; diagnoses are the clinician's to write.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import page, regulation

rule = Rule(
    code="PC106",
    name="plan-lacks-diagnoses",
    over="claims",
    severity=Severity.RECOUP,
    applies=col.payer_plan_of_care_certification_required & col.has_plan_of_care,
    flag=col.plan_has_diagnoses.not_(),
    message="the plan of care states no diagnosis, a plan must state what it treats",
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
            visit 2026-03-04 medicare_b plan_has_diagnoses=true
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b plan_has_diagnoses=false
              97110 GP x2 30min
            """,
            at="claim",
            says="the plan of care states no diagnosis, a plan must state what it treats",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b plan_has_diagnoses=?
              97110 GP x2 30min
            """,
            lacks="diagnoses are written",
        ),
        exempt("""
            visit 2026-03-04 cash plan_has_diagnoses=false
              97110 GP x2 30min
        """),
        exempt("""
            visit 2026-03-04 medicare_b has_plan_of_care=false plan_has_diagnoses=false
              97110 GP x2 30min
        """),
    ),
)
