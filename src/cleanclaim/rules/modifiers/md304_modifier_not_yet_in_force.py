"""A modifier is billed before its first day.

A new modifier may only be billed for dates of service from its first day on. CQ and CO began on 2020-01-01, the X
modifiers in 2015. Before that the line is turned away.

Not flagged: modifiers whose first day was not read.
Fix: take the modifiers off; ATTEST, because the date may be what is wrong.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Fix, Rule, Safety, Severity, bad, good, unknown
from cleanclaim.sources import statute

rule = Rule(
    code="MD304",
    name="modifier-not-yet-in-force",
    over="lines",
    severity=Severity.REJECT,
    flag=col.modifiers_not_begun.list.len() > 0,
    message="{code} carries {modifiers_not_begun}, which begins after the date of service",
    concept="modifier-not-in-force",
    dollars=col.claim_allowed_cents,
    sources=(
        statute(
            "42 USC 1395m", "(v): modifier from 2020-01-01, reduced payment from 2022-01-01", read_on=date(2026, 11, 21)
        ),
    ),
    fix=Fix(
        Safety.ATTEST,
        title="Take the modifiers off",
        field="modifiers",
        new=col.modifiers.list.set_difference(col.modifiers_not_begun),
    ),
    examples=(
        good("""
            visit 2020-01-01 medicare_b
              97110 GP CQ x1 15min
              did 97110 15min by=PTA
        """),
        bad(
            """
            visit 2019-12-31 medicare_b
              97110 GP CQ x1 15min
              did 97110 15min by=PTA
            """,
            at="line 1",
            says="97110 carries CQ, which begins after the date of service",
        ),
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x1
        """),
        unknown(
            """
            visit 2019-12-31 medicare_b date_of_service=?
              97110 GP CQ x1 15min
            """,
            lacks="date",
        ),
    ),
)
