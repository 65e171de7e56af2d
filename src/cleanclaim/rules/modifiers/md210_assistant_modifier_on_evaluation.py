"""An evaluation or a re-evaluation carries CQ or CO.

Assistants do not evaluate, so the modifier says that the service was furnished by somebody who may not furnish it.
The line is denied.

Not flagged: treatment lines of the same visit.
Fix: none is proposed; either the modifier or the evaluation is wrong.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, has_modifier, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="MD210",
    name="assistant-modifier-on-evaluation",
    over="lines",
    severity=Severity.DENY,
    applies=col.is_evaluation | col.is_reevaluation,
    flag=has_modifier("CQ", "CO"),
    message="{code} carries {modifiers}; evaluations are the therapist's own work",
    concept="assistant-modifier-on-evaluation",
    dollars=col.allowed_cents,
    sources=(
        page(
            "UnitedHealthcare",
            "Commercial physical medicine and rehabilitation policy",
            "97161 to 97164 by assistants are not paid",
            read_on=date(2026, 11, 21),
            url="https://www.uhcprovider.com",
        ),
        page(
            "Billing practice",
            "Habits of the trade; the issuer's text was not read",
            "assistants do not evaluate",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97161 GP x1
              97110 GP CQ x1
              did 97161 15min
              did 97110 15min by=PTA
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97161 GP CQ x1
            """,
            at="line 1",
            says="97161 carries GP, CQ; evaluations are the therapist's own work",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x1
              97164 GP CQ x1
            """,
            at="line 2",
            says="97164 carries GP, CQ; evaluations are the therapist's own work",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b
              97161 code=? GP CQ x1
            """,
            lacks="procedure code",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x1
        """),
        bad(
            """
            visit 2026-03-04 medicare_b discipline=OT
              97165 GO CO x1 30min
            """,
            at="line 1",
            says="97165 carries GO, CO; evaluations are the therapist's own work",
        ),
    ),
)
