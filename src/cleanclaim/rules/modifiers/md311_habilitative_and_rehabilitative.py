"""One line carries 96 and 97.

96 says that the service builds a skill the patient never had, 97 that it brings one back. Plans count the two against
different limits, so a line is one or the other.

Not flagged: the two on different lines.
Fix: none is proposed; the plan of care decides.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, has_modifier
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="MD311",
    name="habilitative-and-rehabilitative",
    over="lines",
    severity=Severity.DENY,
    applies=has_modifier("96", "97"),
    flag=has_modifier("96") & has_modifier("97"),
    message="{code} carries {modifiers}; a service is habilitative or rehabilitative",
    concept="modifiers-contradict",
    dollars=col.allowed_cents,
    sources=(
        page(
            "Billing practice",
            "Habits of the trade; the issuer's text was not read",
            "96 and 97, habilitative and rehabilitative, for plans of the marketplaces",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 humana
              97110 GP 97 x1
        """),
        bad(
            """
            visit 2026-03-04 humana
              97110 GP 96 97 x1
            """,
            at="line 1",
            says="97110 carries GP, 96, 97; a service is habilitative or rehabilitative",
        ),
        exempt("""
            visit 2026-03-04 humana
              97110 GP x1
        """),
        good("""
            visit 2026-03-04 humana
              97110 GP 96 x1
        """),
    ),
)
