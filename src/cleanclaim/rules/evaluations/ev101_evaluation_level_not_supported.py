"""An evaluation is billed at a level that its documented components do not reach.

The level rests on four components: history factors that affect the plan, elements examined, presentation, decision
making. Each must be met, so the lowest governs. The usual minutes of a level decide nothing. Medicare pays all
levels the same; an auditor still takes a level above the record for miscoding.

Not flagged: the lowest level, which every documented evaluation reaches.
Fix: the code that the components reach; ATTEST, because the record may be what is incomplete.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Fix, Rule, Safety, Severity, bad, exempt, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="EV101",
    name="evaluation-level-not-supported",
    over="lines",
    severity=Severity.RECOUP,
    applies=col.bills_leveled_evaluation,
    flag=(col.billed_level > col.history_level)
    | (col.billed_level > col.elements_level)
    | (col.billed_level > col.presentation_level)
    | (col.billed_level > col.decision_level),
    message="{code} billed; history factors {history_factors}, elements {elements_examined}, presentation {presentation}, decision making {decision_making} support {supported_evaluation_code}",
    concept="evaluation-level-above-record",
    sources=(
        page(
            "CMS",
            "Medicare Physician Fee Schedule final rule for 2017",
            "Table 23, read in reprints",
            read_on=date(2026, 11, 21),
            confidence=Confidence.SECONDARY,
        ),
    ),
    fix=Fix(
        Safety.ATTEST,
        title="Bill the level that every component reaches",
        field="code",
        new=pl.when(col.supported_evaluation_code.is_not_null())
        .then(col.supported_evaluation_code)
        .otherwise(col.code),
        may_reveal=("UN205",),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b visit_kind=evaluation history_factors=1 elements_examined=3 presentation=evolving decision_making=moderate
              97162 GP 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b visit_kind=evaluation history_factors=0 elements_examined=3 presentation=evolving decision_making=moderate
              97162 GP 30min
            """,
            at="line 1",
            says="97162 billed; history factors 0, elements 3, presentation evolving, decision making moderate support 97161",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b visit_kind=evaluation history_factors=3 elements_examined=2 presentation=unstable decision_making=high
              97162 GP 30min
            """,
            at="line 1",
            says="97162 billed; history factors 3, elements 2, presentation unstable, decision making high support 97161",
        ),
        good("""
            visit 2026-03-04 medicare_b visit_kind=evaluation history_factors=3 elements_examined=4 presentation=unstable decision_making=high
              97163 GP 45min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b visit_kind=evaluation history_factors=2 elements_examined=4 presentation=unstable decision_making=high
              97163 GP 45min
            """,
            at="line 1",
            says="97163 billed; history factors 2, elements 4, presentation unstable, decision making high support 97162",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b visit_kind=evaluation history_factors=3 elements_examined=3 presentation=unstable decision_making=high
              97163 GP 45min
            """,
            at="line 1",
            says="97163 billed; history factors 3, elements 3, presentation unstable, decision making high support 97162",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b visit_kind=evaluation history_factors=3 elements_examined=4 presentation=evolving decision_making=high
              97163 GP 45min
            """,
            at="line 1",
            says="97163 billed; history factors 3, elements 4, presentation evolving, decision making high support 97162",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b visit_kind=evaluation history_factors=3 elements_examined=4 presentation=unstable decision_making=low
              97163 GP 45min
            """,
            at="line 1",
            says="97163 billed; history factors 3, elements 4, presentation unstable, decision making low support 97161",
        ),
        good("""
            visit 2026-03-04 medicare_b visit_kind=evaluation history_factors=0 elements_examined=1 presentation=stable decision_making=low
              97161 GP 60min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b visit_kind=evaluation history_factors=1 elements_examined=3 presentation=evolving
              97162 GP 30min
            """,
            lacks="four components",
        ),
        exempt("""
            visit 2026-03-04 medicare_b history_factors=0
              97164 GP 20min
        """),
        good("""
            visit 2026-03-04 medicare_b visit_kind=evaluation history_factors=0 elements_examined=1 presentation=stable decision_making=high
              97161 GP 30min
        """),
    ),
)
