"""A line names a place of telehealth and carries no telehealth modifier.

Many payers want 95, or another of the telehealth modifiers, beside places of service 02 and 10. Without it the
line can be denied.

Not flagged: places where patients come in person.
Fix: none is proposed, because payers differ in the modifier they want.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, lacks_modifier, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="MD406",
    name="telehealth-place-without-modifier",
    over="lines",
    severity=Severity.ADVICE,
    applies=col.place_is_telehealth,
    flag=lacks_modifier("95", "93", "GT", "GQ", "FQ"),
    message="{code} at place of service {place_of_service} carries {modifiers}; none of them says telehealth",
    concept="telehealth-mismatch",
    preview=True,
    sources=(
        page(
            "Billing practice",
            "Habits of the trade; the issuer's text was not read",
            "telehealth by therapists: modifier and place; the rule for private practices was not read",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b place_of_service=10
              97110 GP 95 x1
        """),
        bad(
            """
            visit 2026-03-04 medicare_b place_of_service=02
              97110 GP x1
            """,
            at="line 1",
            says="97110 at place of service 02 carries GP; none of them says telehealth",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b place_of_service=?
              97110 GP x1
            """,
            lacks="place of service",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x1
        """),
        good("""
            visit 2026-03-04 medicare_b place_of_service=10
              97110 GP 93 x1
              97112 GP GT x1
              97530 GP GQ x1
              97535 GP FQ x1
        """),
    ),
)
