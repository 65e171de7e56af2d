"""The patient is under a home health episode on the day.

Medicare pays the home health agency for all therapy of the episode. A clinic's claim for the same days is denied, and
only the agency can pay the clinic.

Not flagged: payers other than Medicare.
Fix: none; ask the agency whether the patient is discharged, or for payment under arrangement.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import Confidence, manual

rule = Rule(
    code="PY107",
    name="home-health-episode-in-force",
    over="claims",
    severity=Severity.DENY,
    applies=col.payer_kind == "medicare_b",
    flag=col.under_home_health,
    message="a home health episode covers {date_of_service}, Medicare pays its therapy to the agency",
    payers="Medicare Part B",
    concept="home-health-episode",
    dollars=col.claim_allowed_cents,
    sources=(
        manual(
            "100-02",
            "ch. 7: consolidated billing of home health, read on secondary pages",
            read_on=date(2026, 11, 21),
            confidence=Confidence.SECONDARY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b under_home_health=true
              97110 GP x2 30min
            """,
            at="claim",
            says="a home health episode covers 2026-03-04, Medicare pays its therapy to the agency",
        ),
        exempt("""
            visit 2026-03-04 aetna under_home_health=true
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b under_home_health=?
              97110 GP x2 30min
            """,
            lacks="home health episode",
        ),
    ),
)
