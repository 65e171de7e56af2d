"""A re-evaluation is billed, and the note gives no reason for it.

A re-evaluation is paid for a new related diagnosis, or an unexpected improvement, decline or change. Routine
reassessment belongs to treatment, and a progress report is not a re-evaluation; both are denied as such.

Not flagged: how long ago the last evaluation was.
Fix: none; only the therapist knows the reason.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="EV201",
    name="reevaluation-without-reason",
    over="lines",
    severity=Severity.DENY,
    applies=col.is_reevaluation,
    flag=col.has_reevaluation_reason.not_(),
    message="{code} billed and no reason noted, it takes a new finding or a change that was not expected",
    concept="reevaluation-routine",
    dollars=col.allowed_cents,
    sources=(
        page(
            "Noridian Healthcare Solutions",
            "Article A53309, evaluation and re-evaluation, quoted by a trade page",
            "re-evaluations",
            read_on=date(2026, 11, 21),
            confidence=Confidence.SECONDARY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b visit_kind=reevaluation has_reevaluation_reason=true
              97164 GP 20min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b visit_kind=reevaluation has_reevaluation_reason=false
              97164 GP 20min
            """,
            at="line 1",
            says="97164 billed and no reason noted, it takes a new finding or a change that was not expected",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b visit_kind=reevaluation has_reevaluation_reason=?
              97164 GP 20min
            """,
            lacks="called for a re-evaluation",
        ),
        exempt("""
            visit 2026-03-04 medicare_b has_reevaluation_reason=false
              97162 GP 30min
        """),
    ),
)
