"""A one-on-one service ran while a group with the same patient ran.

One-on-one minutes are those in which the therapist is with this patient alone. By the clock these minutes belong to
the group, so they are not furnished one-on-one, and units on them are taken back.

Not flagged: services whose clock times are not stated.
Fix: none is proposed; the therapist says which minutes were whose.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="UN305",
    name="one-on-one-during-a-group",
    over="services",
    severity=Severity.RECOUP,
    flag=col.overlaps_group,
    message="{service_code} ran one-on-one while a group of this visit ran",
    concept="group-minutes-counted-one-on-one",
    sources=(
        page(
            "CMS",
            "Transmittal 1753 (2002-05-17), as read through APTA",
            "one-on-one and group minutes are apart",
            read_on=date(2026, 11, 21),
            confidence=Confidence.SECONDARY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
              did 97110 15min starts_at=540
              did 97150 25min group_size=3 starts_at=555
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
              did 97110 15min starts_at=540
              did 97150 25min group_size=3 starts_at=554
            """,
            at="service 1",
            says="97110 ran one-on-one while a group of this visit ran",
        ),
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
              did 97110 15min
              did 97150 25min group_size=3 starts_at=554
            """,
            lacks="began",
        ),
    ),
)
