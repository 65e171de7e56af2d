"""Treatment is billed, and no plan of care covers the patient.

Medicare pays outpatient therapy only under a written plan that a therapist, physician or nonphysician
practitioner established. Without one the services are denied, or paid and taken back when records are asked for.

Not flagged: a claim that bills an evaluation alone, since the evaluation is what the plan comes from.
Fix: none; a plan cannot be written for days that are past.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import manual, regulation

rule = Rule(
    code="PC101",
    name="plan-of-care-absent",
    over="claims",
    severity=Severity.DENY,
    applies=col.payer_plan_of_care_certification_required & col.has_treatment_lines,
    flag=col.has_plan_of_care.not_(),
    message="treatment billed without a plan of care, the payer pays therapy only under one",
    concept="plan-of-care-absent",
    dollars=col.claim_allowed_cents,
    sources=(
        regulation("42 CFR 410.61", "(b), (c): plan of treatment", read_on=date(2026, 11, 21)),
        manual("100-02", "ch. 15 §220.1.2, read in a copy", read_on=date(2026, 11, 21)),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
              set has_plan_of_care = false
            """,
            at="claim",
            says="treatment billed without a plan of care, the payer pays therapy only under one",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
              set has_plan_of_care = ?
            """,
            lacks="a plan of care covers",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              97161 GP 30min
              set has_plan_of_care = false
        """),
        exempt("""
            visit 2025-06-17 aetna
              97110 GP x2 30min
              set has_plan_of_care = false
        """),
        unknown(
            """
            visit 2025-06-16 aetna
              97110 GP x2 30min
              set has_plan_of_care = false
            """,
            lacks="payer's file",
        ),
    ),
)
