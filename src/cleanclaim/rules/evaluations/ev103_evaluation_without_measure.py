"""An evaluation records no standardized instrument and no measurable outcome.

Each level of evaluation is described with a standardized instrument or a measurable functional outcome. Without one
a reviewer cannot tell progress later, and questions the level now.

Not flagged: which instrument was used; any standardized test or measured function will do.
Fix: none; measuring is the therapist's.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="EV103",
    name="evaluation-without-measure",
    over="lines",
    severity=Severity.ADVICE,
    applies=col.bills_leveled_evaluation,
    flag=col.has_standardized_measure.not_(),
    message="{code} billed without a standardized or measurable outcome, each level of evaluation includes one",
    concept="evaluation-without-measure",
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
            visit 2026-03-04 medicare_b visit_kind=evaluation has_standardized_measure=true
              97161 GP 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b visit_kind=evaluation has_standardized_measure=false
              97161 GP 30min
            """,
            at="line 1",
            says="97161 billed without a standardized or measurable outcome, each level of evaluation includes one",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b visit_kind=evaluation has_standardized_measure=?
              97161 GP 30min
            """,
            lacks="measurable outcome",
        ),
        exempt("""
            visit 2026-03-04 medicare_b has_standardized_measure=false
              97110 GP x2 30min
        """),
    ),
)
