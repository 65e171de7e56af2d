"""The accident on the claim is not of the kind the payer covers.

A workers' compensation carrier pays for accidents at work, an auto carrier for those on the road.

Not flagged: no accident at all (ID211).
Fix: none; the intake form tells payer and accident.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, one_of, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="ID214",
    name="accident-of-another-kind",
    over="claims",
    severity=Severity.REJECT,
    applies=one_of(col.payer_kind, ["workers_compensation", "auto"]) & (col.accident_kind != ""),
    flag=((col.payer_kind == "workers_compensation") & (col.accident_kind != "employment"))
    | ((col.payer_kind == "auto") & (col.accident_kind != "auto")),
    message="accident of kind {accident_kind} billed to a payer of kind {payer_kind}",
    concept="accident-wrong-kind",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "X12",
            "837P 005010X222A1",
            "related causes: AA auto, EM employment, OA other; read in the map of pyx12 4.0.0",
            read_on=date(2026, 11, 21),
        ),
        page(
            "Billing practice",
            "Stated widely in the trade; the payer's own text was not read",
            "which carrier covers which accident",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 wc_ca accident_kind=employment accident_on=2026-02-01 claim_number=K1 employer=Northwind
              97110 x2 30min
        """),
        bad(
            """
            visit 2026-03-04 wc_ca accident_kind=other accident_on=2026-02-01 claim_number=K1 employer=Northwind
              97110 x2 30min
            """,
            at="claim",
            says="accident of kind other billed to a payer of kind workers_compensation",
        ),
        bad(
            """
            visit 2026-03-04 auto_ny accident_kind=employment accident_state=NY accident_on=2026-02-01 claim_number=K1 member_id=none
              97110 x2 30min
            """,
            at="claim",
            says="accident of kind employment billed to a payer of kind auto",
        ),
        exempt("""
            visit 2026-03-04 medicare_b accident_kind=other
              97110 GP x2 30min
        """),
        exempt("""
            visit 2026-03-04 wc_ca accident_kind=none accident_on=2026-02-01 claim_number=K1 employer=Northwind
              97110 x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 wc_ca accident_kind=? accident_on=2026-02-01 claim_number=K1 employer=Northwind
              97110 x2 30min
            """,
            lacks="kind of accident: auto, employment, other",
        ),
        good("""
            visit 2026-03-04 auto_fl accident_kind=auto accident_state=FL
              97110 x2 30min
        """),
        bad(
            """
            visit 2026-03-04 auto_fl accident_kind=other
              97110 x2 30min
            """,
            at="claim",
            says="accident of kind other billed to a payer of kind auto",
        ),
    ),
)
