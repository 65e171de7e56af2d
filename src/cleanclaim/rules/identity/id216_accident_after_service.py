"""The accident lies after the date of service.

One of the two dates is mistyped.

Not flagged: an accident on the day of the visit.
Fix: none; only the record tells which date is wrong.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="ID216",
    name="accident-after-service",
    over="claims",
    severity=Severity.REJECT,
    applies=col.accident_kind != "",
    flag=col.accident_on > col.date_of_service,
    message="accident on {accident_on}, date of service {date_of_service}",
    concept="accident-after-service",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "X12",
            "837P 005010X222A1",
            "date of accident, qualifier 439",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 wc_ca accident_kind=employment accident_on=2026-03-04 claim_number=K1 employer=Northwind
              97110 x2 30min
        """),
        bad(
            """
            visit 2026-03-04 wc_ca accident_kind=employment accident_on=2026-03-05 claim_number=K1 employer=Northwind
              97110 x2 30min
            """,
            at="claim",
            says="accident on 2026-03-05, date of service 2026-03-04",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 wc_ca accident_kind=employment accident_on=? claim_number=K1 employer=Northwind
              97110 x2 30min
            """,
            lacks="day of the accident",
        ),
    ),
)
