"""The total of timed minutes in the note is not the sum of its timed services.

The treatment note must state the total minutes of timed codes, and a reviewer counts units from that total. Where it
differs from the services listed, units supported by the one are not supported by the other.

Not flagged: minutes of aides, of groups and of untimed services, which are not timed minutes.
Fix: none is proposed; the therapist corrects the note by an addendum.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, unknown
from cleanclaim.sources import manual

rule = Rule(
    code="UN301",
    name="noted-timed-minutes-differ",
    over="claims",
    severity=Severity.RECOUP,
    flag=col.total_timed_minutes_noted != col.visit_timed_minutes,
    message="the note states {total_timed_minutes_noted:count timed minute}, its timed services add up to {visit_timed_minutes}",
    concept="timed-minutes-mismatch",
    sources=(manual("100-02", "ch. 15 §220.3.E, read in a copy", read_on=date(2026, 11, 21)),),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
              97012 GP x1 10min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
              set total_timed_minutes_noted = 40
            """,
            at="claim",
            says="the note states 40 timed minutes, its timed services add up to 30",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
              did 97110 20min
              did 97110 10min by=aide
            """,
            at="claim",
            says="the note states 30 timed minutes, its timed services add up to 20",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b
              97110 GP x2 ?min
            """,
            lacks="timed-code minutes",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
              did 97110 ?min
            """,
            lacks="minutes",
        ),
    ),
)
