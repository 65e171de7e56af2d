"""An evaluation is billed at a lower level than its documented components reach.

Every component of a higher level is on record. Medicare pays all levels the same, so no money is lost there; a payer
with a price for each level would pay more, and the claim describes the patient as simpler than the record does.

Not flagged: components of which one is not documented.
Fix: the code that the components reach; ATTEST, because the level is the therapist's to state.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Fix, Rule, Safety, Severity, bad, exempt, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="EV102",
    name="evaluation-level-below-record",
    over="lines",
    severity=Severity.ADVICE,
    applies=col.bills_leveled_evaluation,
    flag=(col.billed_level < col.history_level)
    & (col.billed_level < col.elements_level)
    & (col.billed_level < col.presentation_level)
    & (col.billed_level < col.decision_level),
    message="{code} billed; history factors {history_factors}, elements {elements_examined}, presentation {presentation}, decision making {decision_making} support {supported_evaluation_code}",
    concept="evaluation-level-below-record",
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
            visit 2026-03-04 medicare_b visit_kind=evaluation history_factors=3 elements_examined=4 presentation=stable decision_making=high
              97161 GP 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b visit_kind=evaluation history_factors=1 elements_examined=3 presentation=evolving decision_making=moderate
              97161 GP 30min
            """,
            at="line 1",
            says="97161 billed; history factors 1, elements 3, presentation evolving, decision making moderate support 97162",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b visit_kind=evaluation history_factors=4 elements_examined=4 presentation=unstable decision_making=high
              97162 GP 30min
            """,
            at="line 1",
            says="97162 billed; history factors 4, elements 4, presentation unstable, decision making high support 97163",
        ),
        good("""
            visit 2026-03-04 medicare_b visit_kind=evaluation history_factors=3 elements_examined=3 presentation=unstable decision_making=high
              97162 GP 30min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b visit_kind=evaluation history_factors=? elements_examined=3 presentation=evolving decision_making=moderate
              97161 GP 30min
            """,
            lacks="four components",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
        """),
        good("""
            visit 2026-03-04 medicare_b visit_kind=evaluation history_factors=1 elements_examined=3 presentation=evolving decision_making=low
              97161 GP 30min
        """),
        good("""
            visit 2026-03-04 medicare_b visit_kind=evaluation history_factors=0 elements_examined=3 presentation=evolving decision_making=moderate
              97161 GP 30min
        """),
    ),
)
