"""The authorization has no visit left for this one.

An approval for a number of visits ends with the last of them. Visits at hand on earlier days under the same number
come off what was left; two claims of one day are one visit.

Not flagged: an authorization that states no visits, of a payer whose authorizations count units or dates. One that
states visits binds by them, whatever the payer's others count.
Fix: none; ask for more visits before the next one.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="AU105",
    name="authorized-visits-exhausted",
    over="claims",
    severity=Severity.DENY,
    applies=col.authorization_governs & col.authorization_may_count_visits,
    flag=col.authorization_visits_exhausted,
    message="authorization {authorization_number} has {authorization_visits_remaining:count visit} left for this one, on {date_of_service}",
    payers="payers that may require authorization",
    concept="authorization-exhausted",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "X12",
            "Claim adjustment reason codes, list of 2024-06",
            "code 198",
            read_on=date(2026, 11, 21),
            confidence=Confidence.SECONDARY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 uhc_medicare_advantage authorization_visits_left=1
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 uhc_medicare_advantage authorization_visits_left=0
              97110 GP x2 30min
            """,
            at="claim",
            says="authorization A100 has 0 visits left for this one, on 2026-03-04",
        ),
        bad(
            """
            visit 2026-03-04 uhc_medicare_advantage authorization_visits_left=1
              97110 GP x2 30min
            history 2026-03-02 uhc_medicare_advantage
              97110 GP x2 30min
            """,
            at="claim",
            says="authorization A100 has 0 visits left for this one, on 2026-03-04",
        ),
        good("""
            visit 2026-03-04 uhc_medicare_advantage authorization_visits_left=1
              97110 GP x2 30min
            history 2026-03-02 uhc_medicare_advantage authorization_number=B200
              97110 GP x2 30min
        """),
        good("""
            visit 2026-03-04 uhc_medicare_advantage authorization_visits_left=1
              97110 GP x2 30min
            visit 2026-03-04 uhc_medicare_advantage authorization_visits_left=1
              97140 GP x1 15min
        """),
        unknown(
            """
            visit 2026-03-04 uhc_medicare_advantage authorization_visits_left=1
              97110 GP x2 30min
            history 2026-03-02 uhc_medicare_advantage authorization_number=?
              97110 GP x2 30min
            """,
            lacks="visits left",
        ),
        unknown(
            """
            visit 2026-03-04 uhc_medicare_advantage authorization_visits_left=?
              97110 GP x2 30min
            """,
            lacks="visits left",
        ),
        exempt("""
            visit 2026-03-04 medicare_b authorization_visits_left=0
              97110 GP x2 30min
        """),
        exempt("""
            visit 2026-03-04 cash authorization_visits_left=0
              97110 x2 30min
        """),
    ),
)
