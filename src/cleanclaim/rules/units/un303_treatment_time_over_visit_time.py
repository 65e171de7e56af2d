"""The note states more treatment time than passed between time in and time out.

Treatment time leaves out rest and waiting, so it is never longer than the visit. Reviewers compare the two, and time
that cannot have been furnished is taken back.

Not flagged: a note without clock times; Medicare does not ask for them.
Fix: none is proposed; the therapist corrects the note by an addendum.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, unknown
from cleanclaim.sources import manual

rule = Rule(
    code="UN303",
    name="treatment-time-over-visit-time",
    over="claims",
    severity=Severity.RECOUP,
    flag=col.total_treatment_minutes_noted > col.visit_minutes,
    message="the note states {total_treatment_minutes_noted} treatment minutes, the visit lasted {visit_minutes}",
    concept="minutes-over-visit",
    sources=(manual("100-02", "ch. 15 §220.3.E, read in a copy", read_on=date(2026, 11, 21)),),
    examples=(
        good("""
            visit 2026-03-04 medicare_b visit_minutes=30
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b visit_minutes=29
              97110 GP x2 30min
            """,
            at="claim",
            says="the note states 30 treatment minutes, the visit lasted 29",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
            """,
            lacks="time in",
        ),
    ),
)
