"""The therapist was one-on-one with two patients at the same time.

By the clock two services of one therapist overlap, so one of them was not one-on-one. Two patients at once are a group,
and the units are taken back.

Not flagged: groups; minutes of an assistant, who is another person; services whose end is the other's start.
Fix: none; the therapist says which minutes were whose.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="TD101",
    name="one-on-one-with-two-patients",
    over="services",
    severity=Severity.RECOUP,
    applies=col.therapist_saw_others,
    flag=col.overlaps_other_patient,
    message="{service_code} ran one-on-one while the therapist was one-on-one with another patient",
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
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
              did 97110 15min starts_at=600
            history 2026-03-04 medicare_b patient_id=2
              97140 GP x1 15min
              did 97140 15min starts_at=615
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
              did 97110 15min starts_at=600
            history 2026-03-04 medicare_b patient_id=2
              97140 GP x1 15min
              did 97140 15min starts_at=614
            """,
            at="service 1",
            says="97110 ran one-on-one while the therapist was one-on-one with another patient",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
              did 97110 15min starts_at=600
            history 2026-03-05 medicare_b patient_id=2
              97140 GP x1 15min
              did 97140 15min starts_at=600
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
              did 97110 15min starts_at=600
            history 2026-03-04 medicare_b patient_id=2 rendering_npi=1003000126
              97140 GP x1 15min
              did 97140 15min starts_at=600
        """),
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
              did 97110 15min starts_at=600
            history 2026-03-04 medicare_b patient_id=2
              97140 GP CQ x1 15min
              did 97140 15min starts_at=600 by=PTA
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
              did 97110 15min starts_at=600
            history 2026-03-04 medicare_b patient_id=2
              97140 GP x1 15min
            """,
            lacks="began",
        ),
    ),
)
