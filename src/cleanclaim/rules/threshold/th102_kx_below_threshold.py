"""A line carries KX although the year's allowed therapy dollars are not above the threshold.

KX states that an exception is used. On lines below the threshold there is nothing to except; contractors read KX
on everything as a habit and pick such clinics for review.

Not flagged: the line that crosses the threshold, which needs KX.
Fix: take KX off the line; ATTEST, because the year's dollars may be known better elsewhere.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Fix, Rule, Safety, Severity, bad, exempt, good, has_modifier, unknown, without_modifier
from cleanclaim.sources import page

rule = Rule(
    code="TH102",
    name="kx-below-threshold",
    over="lines",
    severity=Severity.ADVICE,
    applies=col.payer_therapy_threshold_applies & col.counts_towards_threshold & has_modifier("KX"),
    flag=col.is_above_kx_threshold.not_(),
    message="KX on {code}, with it the year stands at {year_at_most_cents:money} or less for {threshold_group}, not above {kx_threshold_cents:money}",
    payers="payers that apply Medicare's threshold",
    concept="kx-not-needed",
    sources=(
        page(
            "CMS",
            "Therapy Services, CY 2026",
            "KX modifier thresholds",
            read_on=date(2026, 11, 21),
            url="https://www.cms.gov/medicare/coding-billing/therapy-services",
        ),
        page(
            "Noridian Healthcare Solutions",
            "Therapy threshold and the KX modifier",
            "when KX is needed",
            read_on=date(2026, 11, 21),
        ),
    ),
    fix=Fix(
        Safety.ATTEST,
        title="Take KX off the line",
        field="modifiers",
        new=without_modifier("KX"),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b ytd_at_least_cents=245095 ytd_at_most_cents=245095
              97110 GP KX x1
        """),
        bad(
            """
            visit 2026-03-04 medicare_b ytd_at_least_cents=245094 ytd_at_most_cents=245094
              97110 GP KX x1
            """,
            at="line 1",
            says="KX on 97110, with it the year stands at $2,480.00 or less for PT and SLP, not above $2,480.00",
        ),
        good("""
            visit 2026-03-04 medicare_b ytd_at_least_cents=245094 ytd_at_most_cents=245094
              97110 GP KX x1
            history 2026-03-02 medicare_b
              97110 GP x1
        """),
        bad(
            """
            visit 2025-12-31 medicare_b ytd_at_least_cents=50000 ytd_at_most_cents=50000
              97110 GP KX x1
            """,
            at="line 1",
            says="KX on 97110, with it the year stands at $528.79 or less for PT and SLP, not above $2,410.00",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b ytd_at_least_cents=50000 ytd_at_most_cents=?
              97110 GP KX x1
            """,
            lacks="dollars of the year",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x1
        """),
        exempt("""
            visit 2026-03-04 cash ytd_at_least_cents=50000 ytd_at_most_cents=50000
              97110 KX x1
        """),
        exempt("""
            visit 2026-03-04 medicare_b ytd_at_least_cents=50000 ytd_at_most_cents=50000 has_plan_of_care=false
              97597 KX x1 20min
        """),
    ),
)
