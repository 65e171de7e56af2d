"""A line carries more than four modifiers.

The claim form and the electronic claim have room for four. What comes behind the fourth is lost or turns the claim
away.

Not flagged: four.
Fix: none is proposed; a person decides what may go.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good
from cleanclaim.sources import page

_MOST = 4
"""Room on a claim line."""

rule = Rule(
    code="MD307",
    name="more-than-four-modifiers",
    over="lines",
    severity=Severity.REJECT,
    flag=col.modifiers.list.len() > _MOST,
    message="{code} carries {modifiers}; a line has room for four",
    concept="too-many-modifiers",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "X12 005010X222A1, as in the open map of pyx12 4.0.0",
            "Professional claim, service line",
            "four procedure modifiers",
            read_on=date(2026, 11, 21),
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97530 GP CQ KX 59 x1
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97530 GP CQ KX 59 76 x1
            """,
            at="line 1",
            says="97530 carries GP, CQ, KX, 59, 76; a line has room for four",
        ),
    ),
)
