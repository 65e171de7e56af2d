"""The total treatment time in the note is shorter than its timed minutes.

Total treatment time is timed and untimed minutes together, so it cannot be less than the timed minutes alone. A note
that says so supports neither number.

Not flagged: both totals equal, when nothing untimed was furnished.
Fix: none is proposed; the therapist corrects the note by an addendum.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, unknown
from cleanclaim.sources import manual

rule = Rule(
    code="UN302",
    name="treatment-time-under-timed-time",
    over="claims",
    severity=Severity.RECOUP,
    flag=col.total_treatment_minutes_noted < col.total_timed_minutes_noted,
    message="the note states {total_treatment_minutes_noted:count treatment minute} in all, of which {total_timed_minutes_noted} timed",
    concept="treatment-minutes-under-timed",
    sources=(manual("100-02", "ch. 15 §220.3.E, read in a copy", read_on=date(2026, 11, 21)),),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
              set total_treatment_minutes_noted = 29
            """,
            at="claim",
            says="the note states 29 treatment minutes in all, of which 30 timed",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b
              97110 GP x2 ?min
            """,
            lacks="treatment minutes",
        ),
    ),
)
