"""A line takes the year's allowed therapy dollars above the medical review threshold.

Above this amount Medicare may pick claims for review; it stops none by itself. From here on expect requests for
records, and have the plan, its certification and the progress reports at hand.

Not flagged: lines after the one that crosses.
Fix: none needed.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import page, statute

rule = Rule(
    code="TH103",
    name="review-threshold-passed",
    over="lines",
    severity=Severity.ADVICE,
    applies=col.payer_therapy_threshold_applies & col.counts_towards_threshold,
    flag=col.is_above_review_threshold & col.was_above_review_threshold.not_(),
    message="with {code} the year passes {medical_review_threshold_cents:money} for {threshold_group}, above that claims may be picked for review",
    payers="payers that apply Medicare's threshold",
    concept="medical-review-threshold",
    sources=(
        statute("42 USC 1395l", "(g)(7)(B)(ii)", read_on=date(2026, 11, 21)),
        page(
            "CMS",
            "Therapy Services, CY 2026",
            "KX modifier thresholds",
            read_on=date(2026, 11, 21),
            url="https://www.cms.gov/medicare/coding-billing/therapy-services",
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b ytd_at_least_cents=297094 ytd_at_most_cents=297094
              97110 GP KX x1
        """),
        bad(
            """
            visit 2026-03-04 medicare_b ytd_at_least_cents=297095 ytd_at_most_cents=297095
              97110 GP KX x1
            """,
            at="line 1",
            says="with 97110 the year passes $3,000.00 for PT and SLP, above that claims may be picked for review",
        ),
        good("""
            visit 2026-03-04 medicare_b ytd_at_least_cents=300001 ytd_at_most_cents=300001
              97110 GP KX x1
        """),
        bad(
            """
            visit 2026-03-04 medicare_b ytd_at_least_cents=297094 ytd_at_most_cents=297094
              97110 GP KX x1
            history 2026-03-02 medicare_b
              97140 GP KX x1
            """,
            at="line 1",
            says="with 97110 the year passes $3,000.00 for PT and SLP, above that claims may be picked for review",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b ytd_at_least_cents=200000 ytd_at_most_cents=?
              97110 GP KX x1
            """,
            lacks="dollars of the year",
        ),
        exempt("""
            visit 2026-03-04 cash ytd_at_least_cents=297095 ytd_at_most_cents=297095
              97110 GP x1
        """),
        exempt("""
            visit 2026-03-04 medicare_b ytd_at_least_cents=299999 ytd_at_most_cents=299999 has_plan_of_care=false
              97597 KX x1 20min
        """),
    ),
)
