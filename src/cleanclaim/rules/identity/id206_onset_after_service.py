"""The onset of the condition lies after the date of service.

One of the two dates is mistyped; clearinghouses turn away an onset in the future of the visit.

Not flagged: an onset on the day of the visit.
Fix: none; only the record tells which date is wrong.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="ID206",
    name="onset-after-service",
    over="claims",
    severity=Severity.REJECT,
    flag=col.onset_on > col.date_of_service,
    message="onset {onset_on} lies after the date of service {date_of_service}",
    concept="onset-after-service",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "X12",
            "837P 005010X222A1",
            "date of onset, qualifier 431",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b onset_on=2026-03-04
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b onset_on=2026-03-05
              97110 GP x2 30min
            """,
            at="claim",
            says="onset 2026-03-05 lies after the date of service 2026-03-04",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b onset_on=?
              97110 GP x2 30min
            """,
            lacks="onset",
        ),
    ),
)
