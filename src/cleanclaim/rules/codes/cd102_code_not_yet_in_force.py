"""A code is billed before its first day.

A new code may only be billed for dates of service from its first day on. Before that the claim is turned away.

Not flagged: old codes whose first day was not read.
Fix: none is proposed; the code of the time has to be found.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="CD102",
    name="code-not-yet-in-force",
    over="lines",
    severity=Severity.REJECT,
    flag=col.code_has_not_begun,
    message="{code} begins on {code_begins_on}, the date of service is {date_of_service}",
    concept="code-not-in-force",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "CMS",
            "Physician Fee Schedule relative value file, July 2026 release",
            "presence of the code",
            read_on=date(2026, 11, 21),
        ),
        page(
            "FairPath",
            "Remote therapeutic monitoring in 2026",
            "CR 14250, effective 2026-01-01",
            read_on=date(2026, 11, 21),
            url="https://fairpath.ai",
            confidence=Confidence.SECONDARY,
        ),
    ),
    examples=(
        good("""
            visit 2026-01-01 medicare_b
              98985 GP x1
        """),
        bad(
            """
            visit 2025-12-31 medicare_b
              98985 GP x1
            """,
            at="line 1",
            says="98985 begins on 2026-01-01, the date of service is 2025-12-31",
        ),
        good("""
            visit 2018-01-01 medicare_b
              97763 GP x1
        """),
        bad(
            """
            visit 2017-12-31 medicare_b
              97763 GP x1
            """,
            at="line 1",
            says="97763 begins on 2018-01-01, the date of service is 2017-12-31",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b
              97110 code=? GP x1
            """,
            lacks="procedure code",
        ),
    ),
)
