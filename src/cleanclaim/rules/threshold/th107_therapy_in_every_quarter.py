"""The patient has had therapy in all four quarters of the year.

Restoring function takes weeks or months. Care that runs through the whole year is counted by the Inspector General as a
sign of questionable billing, and reviewers ask for the skilled need of each quarter.

Not flagged: later days of the fourth quarter, for which the first stands; maintenance care is allowed where it takes a
therapist, so this is a word of warning only.
Fix: none; see that the record of each quarter says why a therapist was needed.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="TH107",
    name="therapy-in-every-quarter",
    over="claims",
    severity=Severity.ADVICE,
    applies=col.payer_therapy_threshold_applies,
    flag=col.completes_the_year,
    message="therapy in all four quarters of the year, the record has to say why",
    payers="payers that apply Medicare's threshold",
    concept="therapy-all-year",
    sources=(
        page(
            "HHS Office of Inspector General",
            "Questionable Billing for Medicare Outpatient Therapy Services, OEI-04-09-00540, December 2010",
            "characteristic 4: services provided throughout the year, as told by a law firm's page",
            read_on=date(2026, 11, 21),
            url="https://www.healthindustrywashingtonwatch.com/2010/12/articles/other-health-policy-developments/other-oig-developments/questionable-billing-for-medicare-therapy-services/",
            confidence=Confidence.SECONDARY,
        ),
    ),
    examples=(
        bad(
            """
            visit 2025-10-01 medicare_b
              97110 GP x2 30min
            history 2025-02-03 medicare_b
              97110 GP x2 30min
            history 2025-05-05 medicare_b
              97110 GP x2 30min
            history 2025-08-04 medicare_b
              97110 GP x2 30min
            """,
            at="claim",
            says="therapy in all four quarters of the year, the record has to say why",
        ),
        good("""
            visit 2025-09-30 medicare_b
              97110 GP x2 30min
            history 2025-02-03 medicare_b
              97110 GP x2 30min
            history 2025-05-05 medicare_b
              97110 GP x2 30min
            history 2025-08-04 medicare_b
              97110 GP x2 30min
        """),
        good("""
            visit 2025-10-01 medicare_b
              97110 GP x2 30min
            history 2025-02-03 medicare_b
              97110 GP x2 30min
            history 2025-08-04 medicare_b
              97110 GP x2 30min
        """),
        good("""
            visit 2025-10-01 medicare_b
              97110 GP x2 30min
            history 2024-02-03 medicare_b
              97110 GP x2 30min
            history 2025-05-05 medicare_b
              97110 GP x2 30min
            history 2025-08-04 medicare_b
              97110 GP x2 30min
        """),
        good("""
            visit 2025-10-02 medicare_b
              97110 GP x2 30min
            history 2025-02-03 medicare_b
              97110 GP x2 30min
            history 2025-05-05 medicare_b
              97110 GP x2 30min
            history 2025-08-04 medicare_b
              97110 GP x2 30min
            history 2025-10-01 medicare_b
              97110 GP x2 30min
        """),
        good("""
            visit 2025-10-01 medicare_b
              97110 GP x2 30min
            history 2025-02-03 medicare_b
              97110 GP x2 30min
            history 2025-05-05 medicare_b
              97110 GP x2 30min
            history 2025-08-04 medicare_b patient_id=2
              97110 GP x2 30min
        """),
        exempt("""
            visit 2026-03-04 cash
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2025-10-01 medicare_b knows_history=false
              97110 GP x2 30min
            """,
            lacks="other therapy days",
        ),
    ),
)
