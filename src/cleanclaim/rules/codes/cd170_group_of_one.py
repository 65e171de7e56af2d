"""A group code is billed for a patient who was treated alone.

A group is two or more patients treated at the same time. A patient alone with the therapist is one-on-one, and the
minutes belong under a timed code.

Not flagged: a patient whose group shrank in the course of the visit, when the note says with how many it was held.
Fix: none is proposed; the activity decides the code.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="CD170",
    name="group-of-one",
    over="services",
    severity=Severity.RECOUP,
    applies=col.day_code_is_group,
    flag=col.group_size == 1,
    message="{service_code} furnished to one patient alone, a group is two or more",
    concept="group-of-one",
    dollars=col.day_code_allowed_cents,
    sources=(
        page(
            "CMS",
            "Transmittal 1753 (2002-05-17), as read through APTA",
            "group: two or more patients at once, whatever each of them does",
            read_on=date(2026, 11, 21),
            confidence=Confidence.SECONDARY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97150 GP x1 30min
              did 97150 30min group_size=2
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97150 GP x1 30min
              did 97150 30min group_size=1
            """,
            at="service 1",
            says="97150 furnished to one patient alone, a group is two or more",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b
              97150 GP x1 30min
              did 97150 30min group_size=?
            """,
            lacks="patients",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
        """),
    ),
)
