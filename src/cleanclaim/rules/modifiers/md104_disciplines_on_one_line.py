"""One line carries the modifiers of two disciplines.

GP, GO and GN say whose plan of care the service belongs to, and a service belongs to one. A line with two of them is
turned away.

Not flagged: different disciplines on different lines of a day.
Fix: keep the modifier of the visit's discipline; ATTEST, because the service may be the other one's.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Fix, Rule, Safety, Severity, bad, good, has_modifier, without_modifier
from cleanclaim.sources import Confidence, manual

rule = Rule(
    code="MD104",
    name="disciplines-on-one-line",
    over="lines",
    severity=Severity.REJECT,
    flag=(has_modifier("GP") & has_modifier("GO"))
    | (has_modifier("GP") & has_modifier("GN"))
    | (has_modifier("GO") & has_modifier("GN")),
    message="{code} carries {modifiers}; one of GP, GO and GN belongs on a line",
    concept="therapy-modifier-conflict",
    dollars=col.claim_allowed_cents,
    sources=(
        manual(
            "100-04", "ch. 5 §20.1, discipline modifiers", read_on=date(2026, 11, 21), confidence=Confidence.SECONDARY
        ),
    ),
    fix=Fix(
        Safety.ATTEST,
        title="Keep the modifier of the visit's discipline",
        where=col.therapy_modifier.is_not_null(),
        field="modifiers",
        new=pl.concat_list(pl.concat_list(col.therapy_modifier), without_modifier("GP", "GO", "GN")),
        may_reveal=("MD206", "MD207"),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x1
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP GO x1
            """,
            at="line 1",
            says="97110 carries GP, GO; one of GP, GO and GN belongs on a line",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x1
              97112 GN GP 59 x1
            """,
            at="line 2",
            says="97112 carries GN, GP, 59; one of GP, GO and GN belongs on a line",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b discipline=OT
              97535 GO GN x1 15min
            """,
            at="line 1",
            says="97535 carries GO, GN; one of GP, GO and GN belongs on a line",
        ),
        good("""
            visit 2026-03-04 medicare_b discipline=OT
              97535 GO x1 15min
        """),
        good("""
            visit 2026-03-04 medicare_b discipline=SLP
              92507 GN x1 30min
        """),
    ),
)
