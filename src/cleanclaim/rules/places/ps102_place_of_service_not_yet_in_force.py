"""The place of service did not exist on the day.

Place 10, telehealth at home, began on 2022-01-01; 02 on 2017-01-01. Before that day a payer turns the code away.

Not flagged: places that have always been in the list.
Fix: none; the visit tells the place.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="PS102",
    name="place-of-service-not-yet-in-force",
    over="claims",
    severity=Severity.REJECT,
    applies=col.place_is_dated,
    flag=col.date_of_service < col.place_begins_on,
    message="place of service {place_of_service} begins on {place_begins_on}",
    concept="place-of-service-not-yet",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "CMS",
            "Place of service code set, gathered in the northstar data set",
            "list of June 2024",
            read_on=date(2026, 11, 21),
            confidence=Confidence.SECONDARY,
        ),
        page(
            "Billing practice",
            "Stated widely in the trade; the payer's own text was not read",
            "first days of newer places of service",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
    ),
    examples=(
        good("""
            visit 2022-01-01 medicare_b place_of_service=10
              97110 GP 95 x2 30min
        """),
        bad(
            """
            visit 2021-12-31 medicare_b place_of_service=10
              97110 GP 95 x2 30min
            """,
            at="claim",
            says="place of service 10 begins on 2022-01-01",
        ),
        bad(
            """
            visit 2016-12-31 medicare_b place_of_service=02
              97110 GP 95 x2 30min
            """,
            at="claim",
            says="place of service 02 begins on 2017-01-01",
        ),
        exempt("""
            visit 2016-12-31 medicare_b
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b place_of_service=?
              97110 GP x2 30min
            """,
            lacks="place of service",
        ),
    ),
)
