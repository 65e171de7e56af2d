"""A functional reporting code is billed after the program ended.

The nonpayable codes and severity modifiers for functional limits have not been asked for since 2019. In that year they
were still valid and useless; from 2020 they are deleted (CD101).

Not flagged: dates of service before 2019, when they were required.
Fix: none is proposed; the line comes off the claim.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, between, exempt, good, unknown
from cleanclaim.sources import page

rule = Rule(
    code="CD141",
    name="functional-reporting-code",
    over="lines",
    severity=Severity.ADVICE,
    effective=between(date(2019, 1, 1), date(2019, 12, 31)),
    flag=col.family == "functional_reporting",
    message="{code} reports function, Medicare has not asked for it since 2019-01-01",
    concept="functional-reporting",
    sources=(
        page(
            "Noridian Healthcare Solutions",
            "End of functional reporting",
            "not required from 2019-01-01",
            read_on=date(2026, 11, 21),
        ),
    ),
    examples=(
        good("""
            visit 2019-01-01 medicare_b
              97110 GP x1
        """),
        bad(
            """
            visit 2019-01-01 medicare_b
              G8978 GP x1
            """,
            at="line 1",
            says="G8978 reports function, Medicare has not asked for it since 2019-01-01",
        ),
        exempt("""
            visit 2018-12-31 medicare_b
              G8978 GP x1
        """),
        exempt("""
            visit 2020-01-01 medicare_b
              G8978 GP x1
        """),
        unknown(
            """
            visit 2019-01-01 medicare_b
              97110 code=? GP x1
            """,
            lacks="procedure code",
        ),
        bad(
            """
            visit 2019-12-31 medicare_b
              G8978 GP x1
            """,
            at="line 1",
            says="G8978 reports function, Medicare has not asked for it since 2019-01-01",
        ),
    ),
)
