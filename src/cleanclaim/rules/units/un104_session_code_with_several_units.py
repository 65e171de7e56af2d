"""A code that is one unit a day is billed with more.

An evaluation, a supervised modality, a group or another code without a time basis is one unit for the patient's
day, however long it lasted. Units above one are denied.

Not flagged: codes counted by splint, limb, area or call, and 15-minute codes.
Fix: bill one unit; ATTEST, because two sessions in a day would need a note that says so.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Fix, Rule, Safety, Severity, bad, exempt, good, one_of, unknown
from cleanclaim.sources import Confidence, manual, page

_ONE_A_DAY = (
    "evaluation",
    "reevaluation",
    "supervised_modality",
    "group",
    "canalith",
    "caregiver",
    "wound",
    "dry_needling",
    "speech_language",
    "remote_monitoring",
    "maintenance",
)

rule = Rule(
    code="UN104",
    name="session-code-with-several-units",
    over="day_codes",
    severity=Severity.DENY,
    applies=(
        col.day_code_is_timed.not_()
        & col.has_own_basis.not_()
        & col.day_code_is_add_on.not_()
        & one_of(col.day_code_family, _ONE_A_DAY)
    ),
    flag=col.billed_units > 1,
    message="{billed_units:count unit} of {day_code} billed, the code is one unit a day whatever its minutes",
    concept="untimed-several-units",
    dollars=col.overbilled_cents,
    sources=(
        manual("100-04", "ch. 5 §20.2, untimed codes", read_on=date(2026, 11, 21), confidence=Confidence.SECONDARY),
        page(
            "CMS",
            "Medically unlikely edits, practitioner, edition of 2024-07-01",
            "1 for each untimed therapy code",
            read_on=date(2026, 11, 21),
        ),
    ),
    fix=Fix(
        Safety.ATTEST,
        title="Bill one unit",
        table="lines",
        via="day_code_id",
        where=col.billed_units == col.units,
        field="units",
        new=pl.lit(1, pl.Int64),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97012 GP x1 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97012 GP x2 30min
            """,
            at="97012",
            says="2 units of 97012 billed, the code is one unit a day whatever its minutes",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b
              97161 GP x3 45min
            """,
            at="97161",
            says="3 units of 97161 billed, the code is one unit a day whatever its minutes",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b
              97150 GP x2 30min
            """,
            at="97150",
            says="2 units of 97150 billed, the code is one unit a day whatever its minutes",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b
              97012 GP x? 30min
            """,
            lacks="units",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              95851 GP x2 10min
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              97598 GP x2 30min
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              97550 GP x2 60min
        """),
    ),
)
