"""Visits that overlap claim more one-on-one minutes of one therapist than the clock shows.

From the start of the first to the end of the last there are only so many minutes, and a therapist can give each to one
patient. What is claimed beyond was a group, or an aide's.

Not flagged: visits that overlap while the minutes fit; an assistant's minutes.
Fix: none; the therapist says which minutes were whose.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="TD102",
    name="more-one-on-one-minutes-than-the-clock",
    over="claims",
    severity=Severity.RECOUP,
    applies=col.therapist_saw_others,
    flag=col.claims_more_than_clock,
    message="{clock_minutes_claimed} one-on-one minutes of one therapist are claimed for {clock_minutes} minutes by the clock",
    concept="therapist-overlap",
    sources=(
        page(
            "CMS",
            "Transmittal 1753 (2002-05-17), as read through APTA",
            "two patients at once are a group, not one-on-one",
            read_on=date(2026, 11, 21),
            confidence=Confidence.SECONDARY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b visit_starts_at=600 visit_minutes=45
              97110 GP x2 30min
            history 2026-03-04 medicare_b patient_id=2 visit_starts_at=615 visit_minutes=45
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b visit_starts_at=600 visit_minutes=45
              97110 GP x2 31min
            history 2026-03-04 medicare_b patient_id=2 visit_starts_at=615 visit_minutes=45
              97110 GP x2 30min
            """,
            at="claim",
            says="61 one-on-one minutes of one therapist are claimed for 60 minutes by the clock",
        ),
        good("""
            visit 2026-03-04 medicare_b visit_starts_at=600 visit_minutes=45
              97110 GP x2 31min
            history 2026-03-04 medicare_b patient_id=2 visit_starts_at=616 visit_minutes=45
              97110 GP x2 30min
        """),
        exempt("""
            visit 2026-03-04 medicare_b visit_starts_at=600 visit_minutes=45
              97110 GP x2 31min
            history 2026-03-05 medicare_b patient_id=2 visit_starts_at=615 visit_minutes=45
              97110 GP x2 30min
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b visit_starts_at=600 visit_minutes=45
              97110 GP x2 31min
            history 2026-03-04 medicare_b patient_id=2 visit_minutes=45
              97110 GP x2 30min
            """,
            lacks="start",
        ),
    ),
)
