"""One line carries KX and a modifier that expects a denial.

KX attests that the service is necessary. GA and GZ say that it is expected not to be. A line says one or the other;
with both it is denied.

Not flagged: the two on different lines of a visit.
Fix: none is proposed; the therapist decides whether the service is necessary.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, has_modifier
from cleanclaim.sources import page

rule = Rule(
    code="MD302",
    name="necessity-attested-and-denied",
    over="lines",
    severity=Severity.DENY,
    applies=has_modifier("KX"),
    flag=has_modifier("GA", "GZ"),
    message="{code} carries {modifiers}; KX says that the service is necessary, GA and GZ that a denial is expected",
    concept="kx-with-ga",
    dollars=col.allowed_cents,
    sources=(
        page(
            "National Government Services",
            "Therapy threshold and the KX modifier (article 1338625)",
            "KX and GA do not stand together",
            read_on=date(2026, 11, 21),
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP KX x1
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP KX GA x1
            """,
            at="line 1",
            says="97110 carries GP, KX, GA; KX says that the service is necessary, GA and GZ that a denial is expected",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP GZ KX x1
            """,
            at="line 1",
            says="97110 carries GP, GZ, KX; KX says that the service is necessary, GA and GZ that a denial is expected",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP GA x1
        """),
    ),
)
