"""The same minutes of one therapist or assistant stand under two timed codes.

A timed code is paid for minutes that one person gives to one patient. Whoever furnishes two of them to the patient at
once gives the minutes once, and units that need them twice are taken back.

Not flagged: visits that state no clock times; therapist and assistant side by side on two services; services without
attendance, which run beside others; a service that begins when the other ends; groups (UN305).
Fix: none is proposed; whoever furnished them says which minutes were which.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="UN309",
    name="minutes-counted-twice",
    over="services",
    severity=Severity.RECOUP,
    applies=col.states_clock_times,
    flag=col.overlaps_own_service,
    message="{service_code} ran while the same person furnished {overlapped_code} to the patient",
    concept="minutes-counted-twice",
    sources=(
        page(
            "CMS",
            "11 Part B billing scenarios for PTs and OTs",
            "two one-on-one codes are not billed for the same time",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
              97140 GP x1 15min
              did 97110 15min starts_at=540
              did 97140 15min starts_at=555
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
              97140 GP x1 15min
              did 97110 15min starts_at=540
              did 97140 15min starts_at=554
            """,
            at="service 2",
            says="97140 ran while the same person furnished 97110 to the patient",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
              97140 GP x1 15min
              did 97140 15min starts_at=555 by=together
              did 97110 15min starts_at=541 by=PTA
            """,
            at="service 2",
            says="97110 ran while the same person furnished 97140 to the patient",
        ),
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
              97140 GP x1 15min
              did 97110 15min starts_at=540 by=PTA
              did 97140 15min starts_at=540 by=PT
        """),
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
              G0283 GP x1 15min
              did 97110 15min starts_at=540
              did G0283 15min starts_at=540
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
              97140 GP x1 15min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
              97140 GP x1 15min
              did 97110 15min starts_at=540
              did 97140 15min
            """,
            lacks="began",
        ),
    ),
)
