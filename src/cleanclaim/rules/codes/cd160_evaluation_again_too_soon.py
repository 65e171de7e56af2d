"""A first evaluation is billed again within the days that the payer asks for between two.

Some payers pay one evaluation of a condition in a stretch of days. A second one within it is denied unless it is for
a new condition.

Not flagged: payers without such a limit; a limit that has not been read is no data.
Fix: none is proposed; a new condition is said with its own diagnosis.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="CD160",
    name="evaluation-again-too-soon",
    over="lines",
    severity=Severity.ADVICE,
    applies=col.is_own_evaluation & col.payer_has_evaluation_frequency_days,
    flag=col.evaluated_too_soon,
    message="{code} billed {days_since_evaluation:count day} after the evaluation of {evaluation_earlier_on}, the payer asks for {payer_evaluation_frequency_days} unless the condition is new",
    concept="evaluation-too-frequent",
    sources=(
        page(
            "Aetna",
            "Physical therapy policy as quoted in 2018",
            "evaluation once in 180 days unless for a new condition",
            read_on=date(2026, 11, 21),
            confidence=Confidence.SECONDARY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 aetna
              97161 GP x1
            history 2025-09-05 aetna
              97161 GP x1
        """),
        bad(
            """
            visit 2026-03-04 aetna
              97161 GP x1
            history 2025-09-06 aetna
              97162 GP x1
            """,
            at="line 1",
            says="97161 billed 179 days after the evaluation of 2025-09-06, the payer asks for 180 unless the condition is new",
        ),
        good("""
            visit 2026-03-04 aetna
              97161 GP x1
        """),
        unknown(
            """
            visit 2026-03-04 aetna knows_history=false
              97161 GP x1
            """,
            lacks="earlier claims",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              97161 GP x1
            history 2026-02-20 medicare_b
              97161 GP x1
        """),
        exempt("""
            visit 2026-03-04 aetna
              97110 GP x1
        """),
    ),
)
