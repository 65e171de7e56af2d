"""A timed service is documented with no minutes.

Medicare asks only for the day's totals; minutes by service are voluntary and its contractors may not demand them.
Without them nobody can show which code earned which unit, or whose minutes were an assistant's.

Not flagged: minutes that are unknown rather than none.
Fix: none; only who furnished the service knows.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import manual

rule = Rule(
    code="DC104",
    name="timed-service-without-minutes",
    over="services",
    severity=Severity.ADVICE,
    applies=col.is_billable & col.day_code_is_timed,
    flag=col.service_minutes == 0,
    message="{service_code} documented with 0 minutes, minutes by service show which code earned which unit",
    concept="service-minutes-missing",
    sources=(manual("100-02", "ch. 15 §220.3.E: treatment note, read in a copy", read_on=date(2026, 11, 21)),),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
              did 97110 1min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
              did 97110 0min
            """,
            at="service 1",
            says="97110 documented with 0 minutes, minutes by service show which code earned which unit",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
              did 97110 ?min
            """,
            lacks="how long it took",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              G0283 GP
              did G0283 0min
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
              did 97110 0min is_billable=false
        """),
    ),
)
