"""One therapist's one-on-one minutes of a day are more than the clinic was open.

A therapist is with one patient at a time. More minutes than the doors were open were not furnished one-on-one, or not
by this therapist; auditors call it an impossible day.

Not flagged: clinics that state no hours; days of which not all visits are at hand; an assistant's minutes.
Fix: none; look for minutes that were a group, an assistant's or an aide's.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, known_true, listed, unknown
from cleanclaim.sources import Confidence, manual, page

rule = Rule(
    code="TD106",
    name="therapist-day-longer-than-the-clinic-day",
    over="claims",
    severity=Severity.RECOUP,
    applies=known_true(listed(pl.lit("open_minutes"), col.clinic_bounds_set)),
    flag=col.therapist_day_minutes > col.clinic_open_minutes,
    message="{therapist_day_minutes} one-on-one minutes of one therapist that day, the clinic was open {clinic_open_minutes}",
    concept="therapist-day-implausible",
    sources=(
        page(
            "Billing practice",
            "Stated widely in the trade; the payer's own text was not read",
            "audit trigger: more one-on-one minutes than the clinic day",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
        manual(
            "100-04", "ch. 5 §20.2: one-on-one minutes", read_on=date(2026, 11, 21), confidence=Confidence.SECONDARY
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b clinic_bounds_set=open_minutes clinic_open_minutes=60
              97110 GP x2 30min
            history 2026-03-04 medicare_b patient_id=2
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b clinic_bounds_set=open_minutes clinic_open_minutes=60
              97110 GP x2 30min
            history 2026-03-04 medicare_b patient_id=2
              97110 GP x2 31min
            """,
            at="claim",
            says="61 one-on-one minutes of one therapist that day, the clinic was open 60",
        ),
        good("""
            visit 2026-03-04 medicare_b clinic_bounds_set=open_minutes clinic_open_minutes=60
              97110 GP x2 30min
            history 2026-03-04 medicare_b patient_id=2 rendering_npi=1003000126
              97110 GP x2 31min
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
            history 2026-03-04 medicare_b patient_id=2
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b clinic_bounds_set=open_minutes clinic_open_minutes=60
              97110 GP x2 30min
            history 2026-03-04 medicare_b patient_id=2
              97110 GP x2 ?min
            """,
            lacks="one-on-one minutes",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b clinic_bounds_set=open_minutes clinic_open_minutes=?
              97110 GP x2 30min
            """,
            lacks="clinic was open",
        ),
    ),
)
