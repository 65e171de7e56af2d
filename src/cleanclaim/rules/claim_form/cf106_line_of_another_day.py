"""A line is dated on another day than the visit it belongs to.

Plan of care, minutes and limits are those of the visit's day; a line of another day belongs to another visit.

Not flagged: a line that ends on a later day (CF107, CD150).
Fix: none; the record tells the day.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="CF106",
    name="line-of-another-day",
    over="lines",
    severity=Severity.REJECT,
    flag=col.line_date != col.date_of_service,
    message="{code} is dated {line_date}, the visit {date_of_service}",
    concept="line-date-outside-claim",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "X12",
            "837P 005010X222A1",
            "DTP 472: date of the service line",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
              97140 GP x1 15min line_date=2026-03-05
            """,
            at="line 2",
            says="97140 is dated 2026-03-05, the visit 2026-03-04",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b date_of_service=?
              97110 GP x1 15min line_date=2026-03-04
            """,
            lacks="day treated",
        ),
    ),
)
