"""A line carries the modifier of another discipline than the visit's.

The modifier must match the plan of care that the therapist of the claim treats under. Under the wrong one the service
counts against the wrong yearly amount, and the line is denied for a mismatch with the provider.

Not flagged: a line without any of the modifiers (MD101), or with two of them (MD104).
Fix: the modifier of the visit's discipline; ATTEST, because the visit may be filed under the wrong one.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import (
    Fix,
    Rule,
    Safety,
    Severity,
    bad,
    exempt,
    good,
    has_modifier,
    listed,
    unknown,
    without_modifier,
)
from cleanclaim.sources import Confidence, manual

rule = Rule(
    code="MD105",
    name="modifier-of-another-discipline",
    over="lines",
    severity=Severity.DENY,
    applies=has_modifier("GP", "GO", "GN"),
    flag=listed(col.therapy_modifier, col.modifiers).not_(),
    message="{code} carries {modifiers} on a visit of discipline {discipline}, which bills with {therapy_modifier}",
    concept="therapy-modifier-wrong-discipline",
    dollars=col.allowed_cents,
    sources=(
        manual(
            "100-04", "ch. 5 §20.1, discipline modifiers", read_on=date(2026, 11, 21), confidence=Confidence.SECONDARY
        ),
    ),
    fix=Fix(
        Safety.ATTEST,
        title="Put the modifier of the visit's discipline in its place",
        field="modifiers",
        new=pl.concat_list(pl.concat_list(col.therapy_modifier), without_modifier("GP", "GO", "GN")),
        may_reveal=("MD206", "MD207"),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x1
        """),
        good("""
            visit 2026-03-04 medicare_b discipline=OT
              97110 GO x1
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GO x1
            """,
            at="line 1",
            says="97110 carries GO on a visit of discipline PT, which bills with GP",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b discipline=OT
              97530 GP x1
            """,
            at="line 1",
            says="97530 carries GP on a visit of discipline OT, which bills with GO",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b discipline=?
              97110 GP x1
            """,
            lacks="discipline",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 x1
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GN x1
            """,
            at="line 1",
            says="97110 carries GN on a visit of discipline PT, which bills with GP",
        ),
    ),
)
