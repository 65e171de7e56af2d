"""KX stands on the patient's first therapy day of the calendar year.

KX says that the year's threshold is passed. On the first day that is only so where other clinics have used it up; the
Inspector General counts such patients as a sign of questionable billing.

Not flagged: later days; a year whose dollars are known, which TH102 holds against the threshold.
Fix: take KX off the line; ATTEST, because another clinic may have used the year up.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import (
    Fix,
    Rule,
    Safety,
    Severity,
    bad,
    exempt,
    good,
    has_modifier,
    known_true,
    unknown,
    without_modifier,
)
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="TH105",
    name="kx-on-the-first-day-of-the-year",
    over="lines",
    severity=Severity.ADVICE,
    applies=col.payer_therapy_threshold_applies & col.counts_towards_threshold & has_modifier("KX"),
    flag=(
        col.is_first_day_of_year
        & known_true(col.is_above_kx_threshold).not_()
        & known_true(col.is_above_kx_threshold.not_()).not_()
    ),
    message="KX on {code} on the patient's first therapy day of the year",
    payers="payers that apply Medicare's threshold",
    concept="kx-not-needed",
    fix=Fix(Safety.ATTEST, title="Take KX off the line", field="modifiers", new=without_modifier("KX")),
    sources=(
        page(
            "HHS Office of Inspector General",
            "Questionable Billing for Medicare Outpatient Therapy Services, OEI-04-09-00540, December 2010",
            "characteristic 2: cap said to be exceeded on the patient's first date of service, as told by a law firm's page",
            read_on=date(2026, 11, 21),
            url="https://www.healthindustrywashingtonwatch.com/2010/12/articles/other-health-policy-developments/other-oig-developments/questionable-billing-for-medicare-therapy-services/",
            confidence=Confidence.SECONDARY,
        ),
        page(
            "OptimisPT",
            "Are You Ready For An Audit?",
            "excessive use of the KX modifier",
            read_on=date(2026, 11, 21),
            url="https://www.optimispt.com/blog/are-you-ready-for-an-audit/",
            confidence=Confidence.SECONDARY,
        ),
    ),
    examples=(
        bad(
            """
            visit 2026-03-04 medicare_b ytd_at_least_cents=? ytd_at_most_cents=?
              97110 GP KX x2 30min
            """,
            at="line 1",
            says="KX on 97110 on the patient's first therapy day of the year",
        ),
        good("""
            visit 2026-03-04 medicare_b
              97110 GP KX x2 30min
            history 2026-01-05 medicare_b
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b ytd_at_least_cents=? ytd_at_most_cents=?
              97110 GP KX x2 30min
            history 2025-12-31 medicare_b
              97110 GP x2 30min
            """,
            at="line 1",
            says="KX on 97110 on the patient's first therapy day of the year",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b ytd_at_least_cents=? ytd_at_most_cents=?
              97110 GP KX x2 30min
            history 2026-01-05 medicare_b patient_id=2
              97110 GP x2 30min
            """,
            at="line 1",
            says="KX on 97110 on the patient's first therapy day of the year",
        ),
        good("""
            visit 2026-03-04 medicare_b visits_before=4 visits_before_this_year=4
              97110 GP KX x2 30min
        """),
        good("""
            visit 2026-03-04 medicare_b ytd_at_least_cents=248001 ytd_at_most_cents=248001
              97110 GP KX x2 30min
        """),
        # $500 this year by 2026-03-01: it is no first day, and TH102 says so.
        good("""
            visit 2026-03-04 medicare_b ytd_at_least_cents=50000 ytd_at_most_cents=50000
              97110 GP KX x2 30min
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
        """),
        exempt("""
            visit 2026-03-04 cash
              97110 KX x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b knows_history=false ytd_at_least_cents=? ytd_at_most_cents=?
              97110 GP KX x2 30min
            """,
            lacks="other therapy days",
        ),
    ),
)
