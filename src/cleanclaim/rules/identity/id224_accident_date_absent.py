"""An accident is named without its day.

Who pays, and whether at all, hangs on when it happened; a claim file that names an accident must have the day.

Not flagged: claims that name no accident.
Fix: none; the intake form or the carrier's letter tells the day.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, left_empty, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="ID224",
    name="accident-date-absent",
    over="claims",
    severity=Severity.REJECT,
    applies=col.accident_kind != "",
    flag=left_empty(col.accident_on, "accident_on", col.claim_fields_absent),
    message="{accident_kind} accident without its day",
    concept="accident-date-missing",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "X12",
            "837P 005010X222A1",
            "accident date: required where the claim names a cause",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 auto_ny accident_kind=auto accident_state=NY accident_on=2026-02-01
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 auto_ny accident_kind=auto accident_state=NY accident_on=? claim_fields_absent=accident_on
              97110 GP x2 30min
            """,
            at="claim",
            says="auto accident without its day",
        ),
        bad(
            """
            visit 2026-03-04 aetna accident_kind=other accident_on=? claim_fields_absent=accident_on
              97110 GP x2 30min
            """,
            at="claim",
            says="other accident without its day",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 auto_ny accident_kind=auto accident_state=NY
              97110 GP x2 30min
            """,
            lacks="day of the accident",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b accident_kind=?
              97110 GP x2 30min
            """,
            lacks="auto",
        ),
    ),
)
