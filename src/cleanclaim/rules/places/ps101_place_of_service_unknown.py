"""The place of service is not in the list.

Payers hold the two digits against the list and turn away any other.

Not flagged: a listed place where therapy is rare (PS104).
Fix: none; the visit tells the place.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="PS101",
    name="place-of-service-unknown",
    over="claims",
    severity=Severity.REJECT,
    flag=col.place_is_listed.not_(),
    message="place of service {place_of_service} is not in the list",
    concept="place-of-service-invalid",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "CMS",
            "Place of service code set, gathered in the northstar data set",
            "list of June 2024",
            read_on=date(2026, 11, 21),
            confidence=Confidence.SECONDARY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b place_of_service=12
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b place_of_service=30
              97110 GP x2 30min
            """,
            at="claim",
            says="place of service 30 is not in the list",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b place_of_service=1
              97110 GP x2 30min
            """,
            at="claim",
            says="place of service 1 is not in the list",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b place_of_service=none
              97110 GP x2 30min
            """,
            at="claim",
            says="place of service none is not in the list",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b place_of_service=?
              97110 GP x2 30min
            """,
            lacks="place of service",
        ),
    ),
)
