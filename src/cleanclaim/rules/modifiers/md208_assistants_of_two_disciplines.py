"""One line carries both CQ and CO.

CQ is the physical therapist assistant, CO the occupational therapy assistant. A line is furnished under one plan of
care, so it carries at most one of them.

Not flagged: the two on different lines of a day.
Fix: none is proposed; the plan of care decides.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, has_modifier
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="MD208",
    name="assistants-of-two-disciplines",
    over="lines",
    severity=Severity.REJECT,
    applies=has_modifier("CQ", "CO"),
    flag=has_modifier("CQ") & has_modifier("CO"),
    message="{code} carries {modifiers}; one of CQ and CO belongs on a line",
    concept="assistant-modifier-conflict",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "CMS",
            "Pub 100-04 ch. 5 §20.1, as quoted by trade pages",
            "CQ goes with GP, CO with GO",
            read_on=date(2026, 11, 21),
            confidence=Confidence.SECONDARY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP CQ x1 15min
              did 97110 15min by=PTA
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP CQ CO x1 15min
              did 97110 15min by=PTA
            """,
            at="line 1",
            says="97110 carries GP, CQ, CO; one of CQ and CO belongs on a line",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
        """),
        good("""
            visit 2026-03-04 medicare_b discipline=OT
              97535 GO CO x1 15min
              did 97535 15min by=OTA
        """),
    ),
)
