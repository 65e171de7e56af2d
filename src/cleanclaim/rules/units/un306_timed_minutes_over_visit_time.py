"""The timed services are longer than the visit itself.

One-on-one minutes follow each other, so together they cannot last longer than time in to time out. Units on minutes
that cannot have been furnished are taken back.

Not flagged: a note without clock times; Medicare does not ask for them.
Fix: none is proposed; the therapist corrects the note by an addendum.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, unknown
from cleanclaim.sources import manual

rule = Rule(
    code="UN306",
    name="timed-minutes-over-visit-time",
    over="claims",
    severity=Severity.RECOUP,
    flag=col.visit_timed_minutes > col.visit_minutes,
    message="timed services add up to {visit_timed_minutes:count minute}, the visit lasted {visit_minutes}",
    concept="minutes-over-visit",
    sources=(manual("100-02", "ch. 15 §220.3.E, read in a copy", read_on=date(2026, 11, 21)),),
    examples=(
        good("""
            visit 2026-03-04 medicare_b visit_minutes=38
              97110 GP x2 23min
              97140 GP x1 15min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b visit_minutes=37
              97110 GP x2 23min
              97140 GP x1 15min
            """,
            at="claim",
            says="timed services add up to 38 minutes, the visit lasted 37",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
            """,
            lacks="time in",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b visit_minutes=30
              97110 GP x2 ?min
            """,
            lacks="minutes",
        ),
    ),
)
