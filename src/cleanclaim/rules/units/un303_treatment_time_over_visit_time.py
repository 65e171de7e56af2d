"""The note states more treatment time than passed between time in and time out.

Treatment time leaves out rest and waiting, so the part of it that takes a therapist is never longer than the visit.
Reviewers compare the two, and time that cannot have been furnished is taken back.

Not flagged: the minutes of supervised modalities, which need no attendance and may run beside exercise, so that timed
and untimed minutes add up to more than the clock; a note without clock times, for which Medicare does not ask.
Fix: none is proposed; the therapist corrects the note by an addendum.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, unknown
from cleanclaim.sources import Confidence, manual, page

rule = Rule(
    code="UN303",
    name="treatment-time-over-visit-time",
    over="claims",
    severity=Severity.RECOUP,
    flag=(col.total_treatment_minutes_noted > col.visit_minutes)
    & (col.noted_minutes_with_therapist > col.visit_minutes),
    message="the note states {total_treatment_minutes_noted:count treatment minute}, {noted_minutes_with_therapist} of them with a therapist; the visit lasted {visit_minutes}",
    concept="minutes-over-visit",
    sources=(
        manual("100-02", "ch. 15 §220.3.E, read in a copy", read_on=date(2026, 11, 21)),
        page(
            "Association of New Jersey Chiropractors",
            "Coding for Supervised Modalities with Therapeutic Procedures at the Same Time (fall 2019)",
            "supervised modalities need no one-on-one contact, so both may be billed for the same time",
            read_on=date(2026, 11, 22),
            url="https://anjc.info/flipbook/news/fall2019/inc/html/8.html",
            confidence=Confidence.SECONDARY,
        ),
    ),
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
            says="the note states 30 treatment minutes, 30 of them with a therapist; the visit lasted 29",
        ),
        # Stimulation runs beside the exercise, and another modality beside both.
        good("""
            visit 2026-03-04 medicare_b visit_minutes=30
              97110 GP x2 30min
              G0283 GP x1 15min
              97016 GP x1 15min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b visit_minutes=29
              97110 GP x2 30min
              G0283 GP x1 15min
            """,
            at="claim",
            says="the note states 45 treatment minutes, 30 of them with a therapist; the visit lasted 29",
        ),
        # Stimulation with constant attendance takes the therapist as exercise does.
        bad(
            """
            visit 2026-03-04 medicare_b visit_minutes=30
              97110 GP x2 30min
              97032 GP x1 15min
            """,
            at="claim",
            says="the note states 45 treatment minutes, 45 of them with a therapist; the visit lasted 30",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b visit_minutes=30
              97110 GP x2 30min
              G0283 GP x1 ?min
              set total_treatment_minutes_noted = 45
            """,
            lacks="minutes",
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
