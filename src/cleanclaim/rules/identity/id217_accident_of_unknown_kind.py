"""The accident is of a kind that claims do not know.

A claim knows an auto accident, one at work, and any other.

Not flagged: no accident.
Fix: none; the intake form tells the kind.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, one_of, unknown
from cleanclaim.sources import page

rule = Rule(
    code="ID217",
    name="accident-of-unknown-kind",
    over="claims",
    severity=Severity.REJECT,
    flag=one_of(col.accident_kind, ["", "auto", "employment", "other"]).not_(),
    message="accident of kind {accident_kind}, a claim knows auto, employment and other",
    concept="accident-kind-unknown",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "X12",
            "837P 005010X222A1",
            "related causes: AA auto, EM employment, OA other; read in the map of pyx12 4.0.0",
            read_on=date(2026, 11, 21),
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
            visit 2026-03-04 medicare_b accident_kind=fall
              97110 GP x2 30min
            """,
            at="claim",
            says="accident of kind fall, a claim knows auto, employment and other",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b accident_kind=?
              97110 GP x2 30min
            """,
            lacks="kind of accident: auto, employment, other",
        ),
        good("""
            visit 2026-03-04 auto_fl accident_kind=auto
              97110 x2 30min
        """),
        good("""
            visit 2026-03-04 wc_wa accident_kind=employment
              97110 x2 30min
        """),
    ),
)
