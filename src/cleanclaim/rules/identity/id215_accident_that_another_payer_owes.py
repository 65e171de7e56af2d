"""A health plan is billed first for an accident at work or on the road.

The workers' compensation or auto carrier owes first. The plan denies the claim, or pays and takes it back when it learns
of the accident.

Not flagged: a plan billed behind the carrier; accidents of other kinds.
Fix: none; bill the carrier first.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, one_of, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="ID215",
    name="accident-that-another-payer-owes",
    over="claims",
    severity=Severity.DENY,
    applies=(col.coverage_order == "primary")
    & one_of(col.payer_kind, ["medicare_b", "medicare_advantage", "commercial", "medicaid", "tricare", "veterans"]),
    flag=one_of(col.accident_kind, ["employment", "auto"]),
    message="accident of kind {accident_kind}, and the health plan is billed first",
    concept="other-payer-primary",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "X12",
            "Claim adjustment reason codes, list of 2024-06",
            "code 19: work-related, the employer's carrier owes",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
        page(
            "X12",
            "Claim adjustment reason codes, list of 2024-06",
            "code 20 and 21: covered by the liability or no-fault carrier",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
        """),
        good("""
            visit 2026-03-04 medicare_b accident_kind=other
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b accident_kind=employment
              97110 GP x2 30min
            """,
            at="claim",
            says="accident of kind employment, and the health plan is billed first",
        ),
        bad(
            """
            visit 2026-03-04 aetna accident_kind=auto accident_state=IL
              97110 GP x2 30min
            """,
            at="claim",
            says="accident of kind auto, and the health plan is billed first",
        ),
        exempt("""
            visit 2026-03-04 medicare_b accident_kind=auto accident_state=IL coverage_order=secondary
              97110 GP x2 30min
        """),
        exempt("""
            visit 2026-03-04 wc_ca accident_kind=employment accident_on=2026-02-01 claim_number=K1 employer=Northwind
              97110 x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b accident_kind=?
              97110 GP x2 30min
            """,
            lacks="kind of accident: auto, employment, other",
        ),
        bad(
            """
            visit 2026-03-04 medicare_advantage accident_kind=employment
              97110 GP x2 30min
            """,
            at="claim",
            says="accident of kind employment, and the health plan is billed first",
        ),
        bad(
            """
            visit 2026-03-04 medicaid_ny accident_kind=auto
              97110 GP x2 30min
            """,
            at="claim",
            says="accident of kind auto, and the health plan is billed first",
        ),
        bad(
            """
            visit 2026-03-04 tricare accident_kind=auto
              97110 GP x2 30min
            """,
            at="claim",
            says="accident of kind auto, and the health plan is billed first",
        ),
        bad(
            """
            visit 2026-03-04 va_ccn accident_kind=employment
              97110 GP x2 30min
            """,
            at="claim",
            says="accident of kind employment, and the health plan is billed first",
        ),
    ),
)
