"""A motor-vehicle accident is named without its state.

The law of that state decides who pays, so the claim must name it.

Not flagged: accidents of other kinds.
Fix: none; the accident report tells the state.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="ID210",
    name="accident-state-absent",
    over="claims",
    severity=Severity.REJECT,
    applies=col.accident_kind == "auto",
    flag=col.accident_state == "",
    message="auto accident without its state",
    concept="accident-state-missing",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "X12",
            "837P 005010X222A1",
            "related causes: state required with an auto accident",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 auto_ny accident_kind=auto accident_state=NY accident_on=2026-02-01 claim_number=K1 member_id=none
              97110 x2 30min
        """),
        bad(
            """
            visit 2026-03-04 auto_ny accident_kind=auto accident_state=none accident_on=2026-02-01 claim_number=K1 member_id=none
              97110 x2 30min
            """,
            at="claim",
            says="auto accident without its state",
        ),
        exempt("""
            visit 2026-03-04 wc_ca accident_kind=employment accident_on=2026-02-01 claim_number=K1 employer=Northwind
              97110 x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 auto_ny accident_kind=auto accident_state=? accident_on=2026-02-01 claim_number=K1 member_id=none
              97110 x2 30min
            """,
            lacks="state of a motor-vehicle",
        ),
    ),
)
