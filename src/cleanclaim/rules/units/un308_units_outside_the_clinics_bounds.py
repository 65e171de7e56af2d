"""The visit bills fewer or more units than the clinic expects of its visits.

Many clinics set the least and the most units of a visit. What lies outside is looked at before it goes out.

Not flagged: clinics that set no bounds; visits of exactly the least or the most units; visits without a line (DC205).
Fix: none; hold the units against the note.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, known_true, listed, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="UN308",
    name="units-outside-the-clinics-bounds",
    over="claims",
    severity=Severity.ADVICE,
    applies=known_true(listed(pl.lit("units"), col.clinic_bounds_set)) & (col.line_count > 0),
    flag=(col.claim_units < col.clinic_units_least) | (col.claim_units > col.clinic_units_most),
    message="{claim_units:count unit} billed, the clinic expects {clinic_units_least} to {clinic_units_most}",
    concept="visit-units-out-of-bounds",
    sources=(
        page(
            "Billing practice",
            "Stated widely in the trade; the payer's own text was not read",
            "therapy software: least and most units of a visit, set by the clinic",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b clinic_bounds_set=units clinic_units_least=2 clinic_units_most=5
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b clinic_bounds_set=units clinic_units_least=2 clinic_units_most=5
              97110 GP x1 15min
            """,
            at="claim",
            says="1 unit billed, the clinic expects 2 to 5",
        ),
        good("""
            visit 2026-03-04 medicare_b clinic_bounds_set=units clinic_units_least=2 clinic_units_most=5
              97110 GP x3 45min
              97140 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b clinic_bounds_set=units clinic_units_least=2 clinic_units_most=5
              97110 GP x4 60min
              97140 GP x2 30min
            """,
            at="claim",
            says="6 units billed, the clinic expects 2 to 5",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b clinic_bounds_set=units clinic_units_least=2 clinic_units_most=5
              97110 GP x?
            """,
            lacks="units",
        ),
    ),
)
