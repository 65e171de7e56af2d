"""A line takes the year's allowed therapy dollars above the threshold, and it has no KX.

Medicare counts what it allows a patient in a calendar year, PT and SLP together and OT apart, over all providers.
From the line that crosses the yearly amount on, each line needs KX: the therapist's statement that the treatment is
necessary and the record shows it. Without it the line is denied.

Not flagged: a line billed with GA, GX, GY or GZ, for which KX would be a contradiction.
Fix: KX on the line; ATTEST, because KX is a statement about the patient.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Fix, Rule, Safety, Severity, bad, exempt, good, lacks_modifier, unknown, with_modifier
from cleanclaim.sources import page, statute

rule = Rule(
    code="TH101",
    name="kx-absent-above-threshold",
    over="lines",
    severity=Severity.DENY,
    applies=col.payer_therapy_threshold_applies & col.counts_towards_threshold & lacks_modifier("GA", "GX", "GY", "GZ"),
    flag=col.is_above_kx_threshold & lacks_modifier("KX"),
    message="no KX on {code}, with it the year stands at {year_at_least_cents:money} or more for {threshold_group}, above {kx_threshold_cents:money}",
    payers="payers that apply Medicare's threshold",
    concept="kx-missing",
    sources=(
        statute("42 USC 1395l", "(g)", read_on=date(2026, 11, 21)),
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
    dollars=col.allowed_cents,
    fix=Fix(
        Safety.ATTEST,
        title="Put KX on the line, where the record supports that the treatment is necessary",
        field="modifiers",
        new=with_modifier("KX"),
        may_reveal=("TH103",),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b ytd_at_least_cents=245094 ytd_at_most_cents=245094
              97110 GP x1
        """),
        bad(
            """
            visit 2026-03-04 medicare_b ytd_at_least_cents=245095 ytd_at_most_cents=245095
              97110 GP x1
            """,
            at="line 1",
            says="no KX on 97110, with it the year stands at $2,480.01 or more for PT and SLP, above $2,480.00",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b ytd_at_least_cents=245000 ytd_at_most_cents=245000
              97110 GP x1
              97140 GP x1
            """,
            at="line 2",
            says="no KX on 97140, with it the year stands at $2,500.27 or more for PT and SLP, above $2,480.00",
        ),
        good("""
            visit 2026-03-04 medicare_b ytd_at_least_cents=300000 ytd_at_most_cents=300000
              97110 GP KX x1
        """),
        bad(
            """
            visit 2026-03-04 medicare_b ytd_at_least_cents=245094 ytd_at_most_cents=245094
              97110 GP x1
            history 2026-03-02 medicare_b
              97110 GP x1
            """,
            at="line 1",
            says="no KX on 97110, with it the year stands at $2,509.06 or more for PT and SLP, above $2,480.00",
        ),
        good("""
            visit 2026-03-04 medicare_b ytd_at_least_cents=245094 ytd_at_most_cents=245094
              97110 GP x1
            history 2026-03-02 medicare_b discipline=OT
              97110 GO x1
        """),
        bad(
            """
            visit 2026-03-04 medicare_b ytd_at_least_cents=245094 ytd_at_most_cents=245094
              97110 GP x1
            history 2026-03-02 medicare_b discipline=SLP
              97129 GN x1
            """,
            at="line 1",
            says="no KX on 97110, with it the year stands at $2,502.38 or more for PT and SLP, above $2,480.00",
        ),
        good("""
            visit 2026-01-02 medicare_b ytd_at_least_cents=0 ytd_at_most_cents=0 ytd_as_of=2025-12-31
              97110 GP x1
            history 2025-12-31 medicare_b ytd_at_least_cents=240900 ytd_at_most_cents=240900
              97110 GP x1
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b ytd_at_least_cents=50000 ytd_at_most_cents=?
              97110 GP x1
            """,
            lacks="dollars of the year",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b ytd_at_least_cents=245000 ytd_at_most_cents=245100
              97110 GP x1
            """,
            lacks="dollars of the year",
        ),
        unknown(
            """
            visit 2027-01-04 medicare_b ytd_at_least_cents=300000 ytd_at_most_cents=300000
              97110 GP x1
            """,
            lacks="yearly threshold",
        ),
        exempt("""
            visit 2026-03-04 medicare_b ytd_at_least_cents=300000 ytd_at_most_cents=300000
              97110 GP GA x1
        """),
        exempt("""
            visit 2026-03-04 cash ytd_at_least_cents=300000 ytd_at_most_cents=300000
              97110 GP x1
        """),
        exempt("""
            visit 2026-03-04 medicare_b ytd_at_least_cents=300000 ytd_at_most_cents=300000
              97110 GP GX x1
              97110 GP GY x1
              97110 GP GZ x1
        """),
        exempt("""
            visit 2026-03-04 medicare_b ytd_at_least_cents=300000 ytd_at_most_cents=300000 has_plan_of_care=false
              97597 x1 20min
        """),
    ),
)
