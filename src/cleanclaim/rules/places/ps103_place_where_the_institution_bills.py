"""A private practice bills for a place where the institution bills for therapy.

In a hospital, a skilled stay or a hospice the institution is paid for therapy, so a practice's own claim is denied and
the institution is whom to ask.

Not flagged: office, home, assisted living; a nursing facility's long-term residents (32), which wants a look of its own.
Fix: none; the visit tells the place.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import Confidence, manual, page

rule = Rule(
    code="PS103",
    name="place-where-the-institution-bills",
    over="claims",
    severity=Severity.DENY,
    applies=col.payer_kind != "cash",
    flag=col.place_use == "institution_bills",
    message="place of service {place_of_service} ({place_label}): the institution bills for therapy there",
    concept="place-institution-bills",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "CMS",
            "Place of service code set, gathered in the northstar data set",
            "list of June 2024",
            read_on=date(2026, 11, 21),
            confidence=Confidence.SECONDARY,
        ),
        manual(
            "100-04", "ch. 5 §20; ch. 6: consolidated billing", read_on=date(2026, 11, 21), confidence=Confidence.MEMORY
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b place_of_service=13
              97110 GP x2 30min
        """),
        good("""
            visit 2026-03-04 medicare_b place_of_service=32
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b place_of_service=22
              97110 GP x2 30min
            """,
            at="claim",
            says="place of service 22 (Hospital outpatient, on campus): the institution bills for therapy there",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b place_of_service=31
              97110 GP x2 30min
            """,
            at="claim",
            says="place of service 31 (Skilled nursing facility, during a skilled stay): the institution bills for therapy there",
        ),
        exempt("""
            visit 2026-03-04 cash place_of_service=31
              97110 x2 30min
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
