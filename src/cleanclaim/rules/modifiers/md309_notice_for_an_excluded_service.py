"""One line carries GY and GA.

GY says that the law excludes the service, for which no notice is required. GA says that a required notice is on file,
because the service is usually covered. A line is one or the other.

Not flagged: GY with GX, the notice given voluntarily.
Fix: none is proposed; a person decides whether the service is excluded.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, has_modifier
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="MD309",
    name="notice-for-an-excluded-service",
    over="lines",
    severity=Severity.ADVICE,
    applies=has_modifier("GY"),
    flag=has_modifier("GA"),
    message="{code} carries {modifiers}; GY says that Medicare never pays for it, GA that it might",
    concept="modifiers-contradict",
    sources=(
        page(
            "Noridian Healthcare Solutions",
            "Advance beneficiary notice modifiers",
            "GA, GX, GY, GZ",
            read_on=date(2026, 11, 21),
            confidence=Confidence.SECONDARY,
        ),
        page(
            "Billing practice",
            "Habits of the trade; the issuer's text was not read",
            "GY and GA do not stand together",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97037 GP GY GX x1
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97037 GP GY GA x1
            """,
            at="line 1",
            says="97037 carries GP, GY, GA; GY says that Medicare never pays for it, GA that it might",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP GA x1
        """),
    ),
)
