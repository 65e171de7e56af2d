"""The plan of care is not certified, and the time for it has passed.

Medicare wants the plan certified within 30 days of the first treatment, the evaluation included. A late
certification still counts from the day it is signed, so lateness blocks no claim; a plan that is never certified
loses everything billed under it.

Not flagged: a plan that was certified late (PC202).
Fix: none; keep asking, and keep what shows that you asked.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import page, regulation

rule = Rule(
    code="PC201",
    name="certification-overdue",
    over="claims",
    severity=Severity.ADVICE,
    applies=col.payer_plan_of_care_certification_required & col.has_plan_of_care,
    flag=(col.certification_method == "not_certified") & (col.as_of > col.certification_due_on),
    message="plan of care not certified by {as_of}, the {certification_days} days from {plan_first_treatment_on} ended on {certification_due_on}",
    concept="plan-not-certified",
    sources=(
        regulation("42 CFR 424.24", "(c)", read_on=date(2026, 11, 21)),
        page(
            "Noridian Healthcare Solutions",
            "Certification and the plan of care, 2025-09-08",
            "initial and delayed certification",
            read_on=date(2026, 11, 21),
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b as_of=2026-03-04 certification_method=not_certified certified_on=?
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b as_of=2026-03-05 certification_method=not_certified certified_on=?
              97110 GP x2 30min
            """,
            at="claim",
            says="plan of care not certified by 2026-03-05, the 30 days from 2026-02-02 ended on 2026-03-04",
        ),
        good("""
            visit 2026-03-04 medicare_b as_of=2026-06-30 certification_method=signed certified_on=2026-06-01
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b certification_method=?
              97110 GP x2 30min
            """,
            lacks="not_certified",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b certification_method=not_certified plan_first_treatment_on=?
              97110 GP x2 30min
            """,
            lacks="first treatment day",
        ),
        exempt("""
            visit 2026-03-04 cash certification_method=not_certified as_of=2026-06-30
              97110 GP x2 30min
        """),
        exempt("""
            visit 2026-03-04 medicare_b has_plan_of_care=false certification_method=not_certified as_of=2026-06-30
              97110 GP x2 30min
        """),
    ),
)
