"""Therapy is hardly ever given at this place.

A pharmacy, an ambulance or a laboratory on a therapy claim is mostly a typing mistake.

Not flagged: places where the institution bills (PS103).
Fix: none; the visit tells the place.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, unknown
from cleanclaim.sources import page

rule = Rule(
    code="PS104",
    name="place-where-therapy-is-rare",
    over="claims",
    severity=Severity.ADVICE,
    flag=col.place_use == "unlikely",
    message="place of service {place_of_service} ({place_label}) is rare for therapy",
    concept="place-unlikely",
    sources=(
        page(
            "CleanClaim",
            "Project figure",
            "places: what the list means for a therapy practice",
            read_on=date(2026, 11, 21),
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b place_of_service=01
              97110 GP x2 30min
            """,
            at="claim",
            says="place of service 01 (Pharmacy) is rare for therapy",
        ),
        good("""
            visit 2026-03-04 medicare_b place_of_service=12
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
