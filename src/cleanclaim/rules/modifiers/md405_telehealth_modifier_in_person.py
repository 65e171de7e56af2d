"""A telehealth modifier stands on a line of a place where patients come in person.

95, 93, GT and GQ say that the patient was reached from afar. With an office or a home visit as the place of service
the line contradicts itself, unless the payer wants the place where the visit would have been.

Not flagged: places of telehealth; a place that is not listed is no data.
Fix: none is proposed, because payers differ in which of the two they want changed.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, has_modifier, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="MD405",
    name="telehealth-modifier-in-person",
    over="lines",
    severity=Severity.ADVICE,
    applies=has_modifier("95", "93", "GT", "GQ"),
    flag=col.place_is_telehealth.not_(),
    message="{code} carries {modifiers} at place of service {place_of_service}, where patients come in person",
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
            visit 2026-03-04 medicare_b
              97110 GP 95 x1
            """,
            at="line 1",
            says="97110 carries GP, 95 at place of service 11, where patients come in person",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b place_of_service=?
              97110 GP 95 x1
            """,
            lacks="place of service",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x1
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP 93 x1
            """,
            at="line 1",
            says="97110 carries GP, 93 at place of service 11, where patients come in person",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP GT x1
            """,
            at="line 1",
            says="97110 carries GP, GT at place of service 11, where patients come in person",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP GQ x1
            """,
            at="line 1",
            says="97110 carries GP, GQ at place of service 11, where patients come in person",
        ),
    ),
)
