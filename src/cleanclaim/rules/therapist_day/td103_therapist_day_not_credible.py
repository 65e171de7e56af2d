"""One therapist's one-on-one minutes of a day are more than anyone works.

Auditors add up a therapist's day over all patients and look for days that cannot be. Twelve hours without a break is where
this program looks twice.

Not flagged: an assistant's minutes; days of which not all visits are at hand.
Fix: none; look for minutes that were a group, an assistant's or an aide's.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import page

rule = Rule(
    code="TD103",
    name="therapist-day-not-credible",
    over="claims",
    severity=Severity.ADVICE,
    applies=col.therapist_saw_others,
    flag=col.therapist_day_minutes > col.credible_therapist_minutes,
    message="{therapist_day_minutes} one-on-one minutes of one therapist that day, {credible_therapist_minutes} are credible",
    concept="therapist-day-implausible",
    sources=(page("CleanClaim", "Project figure", "therapist's day: one-on-one minutes", read_on=date(2026, 11, 21)),),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x4 60min
            history 2026-03-04 medicare_b patient_id=2
              97110 GP x4 60min
            history 2026-03-04 medicare_b patient_id=3
              97110 GP x4 60min
            history 2026-03-04 medicare_b patient_id=4
              97110 GP x4 60min
            history 2026-03-04 medicare_b patient_id=5
              97110 GP x4 60min
            history 2026-03-04 medicare_b patient_id=6
              97110 GP x4 60min
            history 2026-03-04 medicare_b patient_id=7
              97110 GP x4 60min
            history 2026-03-04 medicare_b patient_id=8
              97110 GP x4 60min
            history 2026-03-04 medicare_b patient_id=9
              97110 GP x4 60min
            history 2026-03-04 medicare_b patient_id=10
              97110 GP x4 60min
            history 2026-03-04 medicare_b patient_id=11
              97110 GP x4 60min
            history 2026-03-04 medicare_b patient_id=12
              97110 GP x4 60min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x4 61min
            history 2026-03-04 medicare_b patient_id=2
              97110 GP x4 60min
            history 2026-03-04 medicare_b patient_id=3
              97110 GP x4 60min
            history 2026-03-04 medicare_b patient_id=4
              97110 GP x4 60min
            history 2026-03-04 medicare_b patient_id=5
              97110 GP x4 60min
            history 2026-03-04 medicare_b patient_id=6
              97110 GP x4 60min
            history 2026-03-04 medicare_b patient_id=7
              97110 GP x4 60min
            history 2026-03-04 medicare_b patient_id=8
              97110 GP x4 60min
            history 2026-03-04 medicare_b patient_id=9
              97110 GP x4 60min
            history 2026-03-04 medicare_b patient_id=10
              97110 GP x4 60min
            history 2026-03-04 medicare_b patient_id=11
              97110 GP x4 60min
            history 2026-03-04 medicare_b patient_id=12
              97110 GP x4 60min
            """,
            at="claim",
            says="721 one-on-one minutes of one therapist that day, 720 are credible",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b
              97110 GP x4 60min
            history 2026-03-04 medicare_b patient_id=2
              97110 GP x4 ?min
            """,
            lacks="minutes",
        ),
    ),
)
