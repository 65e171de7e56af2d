"""A code that is sometimes therapy carries no GP, GO or GN although it was furnished under a plan of care.

Wound care, splints, remote monitoring and the like are therapy when a therapist furnishes them under a plan. The
line then needs the discipline's modifier like any other; without it Medicare denies it.

Not flagged: a visit without a plan of care, where the code is not therapy.
Fix: the modifier of the visit's discipline; ATTEST, because a plan on file need not cover the service.
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
    lacks_modifier,
    one_of,
    unknown,
    with_claim_modifier,
)
from cleanclaim.sources import Confidence, manual, page

rule = Rule(
    code="MD103",
    name="therapy-modifier-missing-under-a-plan",
    over="lines",
    severity=Severity.DENY,
    coding_terms=True,
    payers="Medicare Part B and Medicare Advantage",
    applies=one_of(col.payer_kind, ["medicare_b", "medicare_advantage"])
    & (col.therapy_designation == "sometimes")
    & col.has_plan_of_care,
    flag=lacks_modifier("GP", "GO", "GN"),
    message="{code} carries none of GP, GO and GN, under a plan of care it is billed with one",
    concept="therapy-modifier-missing-sometimes",
    dollars=col.allowed_cents,
    sources=(
        manual(
            "100-04", "ch. 5 §20.1, discipline modifiers", read_on=date(2026, 11, 21), confidence=Confidence.SECONDARY
        ),
        page(
            "CMS",
            "Annual therapy code list and dispositions",
            "always and sometimes therapy; the list itself was not read",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
        page(
            "CMS",
            "Medicare coverage article A53001, wound care",
            "therapy modifiers on debridement codes",
            read_on=date(2026, 11, 21),
        ),
    ),
    fix=Fix(
        Safety.ATTEST,
        title="Add the modifier of the visit's discipline",
        where=col.therapy_modifier.is_not_null(),
        field="modifiers",
        new=with_claim_modifier(col.therapy_modifier, first=True),
        may_reveal=("MD307",),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97597 GP x1 20min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              dx L97.411
              97597 x1 20min
            """,
            at="line 1",
            says="97597 carries none of GP, GO and GN, under a plan of care it is billed with one",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b has_plan_of_care=?
              97597 x1 20min
            """,
            lacks="plan of care",
        ),
        exempt("""
            visit 2026-03-04 medicare_b has_plan_of_care=false
              97597 x1 20min
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 x1 15min
        """),
        exempt("""
            visit 2026-03-04 uhc_commercial
              97597 x1 20min
        """),
        bad(
            """
            visit 2026-03-04 medicare_advantage
              dx L97.411
              97597 x1 20min
            """,
            at="line 1",
            says="97597 carries none of GP, GO and GN, under a plan of care it is billed with one",
        ),
        good("""
            visit 2026-03-04 medicare_b discipline=OT
              97597 GO x1 20min
        """),
        good("""
            visit 2026-03-04 medicare_b discipline=SLP
              97610 GN x1 20min
        """),
    ),
)
