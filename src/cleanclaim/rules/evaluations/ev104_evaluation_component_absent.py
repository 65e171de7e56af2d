"""An evaluation with a level is billed, and its record lacks one of the four components.

The level rests on history factors, elements examined, presentation and decision making, and each must be in the record.
Without one of them no level is supported, not even the lowest, and a reviewer takes the payment back.

Not flagged: a component that the record says is none, such as no history factors; notes that nobody has broken down into
components.
Fix: none; only the therapist who examined the patient can add what was found.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="EV104",
    name="evaluation-component-absent",
    over="lines",
    severity=Severity.RECOUP,
    applies=col.bills_leveled_evaluation,
    flag=col.evaluation_components_absent.list.len() > 0,
    message="{code} billed, the record lacks {evaluation_components_absent}",
    concept="evaluation-component-missing",
    dollars=col.allowed_cents,
    sources=(
        page(
            "CMS",
            "Medicare Physician Fee Schedule final rule for 2017",
            "Table 23, read in reprints",
            read_on=date(2026, 11, 21),
            confidence=Confidence.SECONDARY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b visit_kind=evaluation history_factors=0 elements_examined=1 presentation=stable decision_making=low
              97161 GP 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b visit_kind=evaluation history_factors=0 elements_examined=1 decision_making=low
              set evaluation_components_absent = presentation
              97161 GP 30min
            """,
            at="line 1",
            says="97161 billed, the record lacks presentation",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b visit_kind=evaluation presentation=evolving decision_making=moderate
              set evaluation_components_absent = history factors,elements examined
              97162 GP 30min
            """,
            at="line 1",
            says="97162 billed, the record lacks history factors, elements examined",
        ),
        exempt("""
            visit 2026-03-04 medicare_b visit_kind=reevaluation
              set evaluation_components_absent = presentation
              97164 GP 20min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b visit_kind=evaluation evaluation_components_absent=?
              97161 GP 30min
            """,
            lacks="components of the evaluation",
        ),
    ),
)
