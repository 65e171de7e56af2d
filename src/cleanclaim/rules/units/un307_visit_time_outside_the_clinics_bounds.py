"""The visit is shorter or longer than the clinic expects of its visits.

Many clinics set the least and the most minutes of a visit. A visit outside is often a slip in time in or time out, or
a visit that was cut short and billed in full.

Not flagged: clinics that set no bounds; visits of exactly the least or the most minutes.
Fix: none; read the times again.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, known_true, listed, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="UN307",
    name="visit-time-outside-the-clinics-bounds",
    over="claims",
    severity=Severity.ADVICE,
    applies=known_true(listed(pl.lit("visit_minutes"), col.clinic_bounds_set)),
    flag=(col.visit_minutes < col.clinic_visit_minutes_least) | (col.visit_minutes > col.clinic_visit_minutes_most),
    message="the visit took {visit_minutes:count minute}, the clinic expects {clinic_visit_minutes_least} to {clinic_visit_minutes_most}",
    concept="visit-time-out-of-bounds",
    sources=(
        page(
            "Billing practice",
            "Stated widely in the trade; the payer's own text was not read",
            "therapy software: least and most minutes of a visit, set by the clinic",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b visit_minutes=30 clinic_bounds_set=visit_minutes clinic_visit_minutes_least=30 clinic_visit_minutes_most=75
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b visit_minutes=29 clinic_bounds_set=visit_minutes clinic_visit_minutes_least=30 clinic_visit_minutes_most=75
              97110 GP x2 30min
            """,
            at="claim",
            says="the visit took 29 minutes, the clinic expects 30 to 75",
        ),
        good("""
            visit 2026-03-04 medicare_b visit_minutes=75 clinic_bounds_set=visit_minutes,units clinic_visit_minutes_least=30 clinic_visit_minutes_most=75
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b visit_minutes=76 clinic_bounds_set=visit_minutes clinic_visit_minutes_least=30 clinic_visit_minutes_most=75
              97110 GP x2 30min
            """,
            at="claim",
            says="the visit took 76 minutes, the clinic expects 30 to 75",
        ),
        exempt("""
            visit 2026-03-04 medicare_b visit_minutes=10
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b clinic_bounds_set=visit_minutes clinic_visit_minutes_least=30 clinic_visit_minutes_most=75
              97110 GP x2 30min
            """,
            lacks="time in to time out",
        ),
    ),
)
