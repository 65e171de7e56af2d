"""A re-evaluation is billed on the day of the first evaluation.

A re-evaluation looks again at a patient who was evaluated before and changed unexpectedly. On the day of the
evaluation there is nothing to look at again, and the re-evaluation is denied.

Not flagged: an evaluation of another discipline.
Fix: none is proposed; the re-evaluation comes off the claim.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="CD131",
    name="reevaluation-on-the-evaluation-day",
    over="days",
    severity=Severity.DENY,
    flag=(col.evaluations_billed > 0) & (col.reevaluations_billed > 0),
    message="a re-evaluation is billed on the day of the evaluation",
    concept="reevaluation-with-evaluation",
    dollars=col.reevaluations_allowed_cents,
    sources=(
        page(
            "CMS",
            "NCCI procedure-to-procedure edits, practitioner, edition of 2024-07-01",
            "97161 to 97163 against 97164: never together",
            read_on=date(2026, 11, 21),
        ),
        page(
            "Noridian Healthcare Solutions",
            "Article A53309, evaluation and re-evaluation",
            "when a re-evaluation is due",
            read_on=date(2026, 11, 21),
            confidence=Confidence.SECONDARY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97161 GP x1
        """),
        good("""
            visit 2026-03-04 medicare_b
              97164 GP x1
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97161 GP x1
              97164 GP x1
            """,
            at="day",
            says="a re-evaluation is billed on the day of the evaluation",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b
              97164 GP x1
            history 2026-03-04 medicare_b
              97162 GP x1
            """,
            at="day",
            says="a re-evaluation is billed on the day of the evaluation",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b
              97161 GP x1
              97164 code=? GP x1
            """,
            lacks="every code billed",
        ),
    ),
)
