"""The same codes and units were billed on every treatment day of a whole progress report period.

Patients change, and treatment with them. Ten days in a row with one and the same bill look like a template, and
auditors pick them out of the data before they read a note.

Not flagged: the days before the tenth; a day billed otherwise begins the count anew.
Fix: none; hold the bill of each day against its note.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, unknown
from cleanclaim.sources import Confidence, manual, page

rule = Rule(
    code="DC109",
    name="visits-billed-alike",
    over="claims",
    severity=Severity.ADVICE,
    flag=pl.when(col.alike_days_at_least >= col.progress_report_treatment_days)
    .then(pl.lit(value=True))
    .when(col.alike_days_at_most < col.progress_report_treatment_days)
    .then(pl.lit(value=False)),
    message="treatment day {alike_days_at_least} in a row with the same codes and units, a progress report is due every {progress_report_treatment_days}",
    concept="visits-billed-alike",
    sources=(
        page(
            "Billing practice",
            "Stated widely in the trade; the payer's own text was not read",
            "audit trigger: identical codes and units at every visit",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
        manual("100-02", "ch. 15 §220.3.D: the progress report period, read in a copy", read_on=date(2026, 11, 21)),
    ),
    examples=(
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
            history 2026-02-11 medicare_b
              97110 GP x2 30min
            history 2026-02-12 medicare_b
              97110 GP x2 30min
            history 2026-02-13 medicare_b
              97110 GP x2 30min
            history 2026-02-16 medicare_b
              97110 GP x2 30min
            history 2026-02-17 medicare_b
              97110 GP x2 30min
            history 2026-02-18 medicare_b
              97110 GP x2 30min
            history 2026-02-19 medicare_b
              97110 GP x2 30min
            history 2026-02-20 medicare_b
              97110 GP x2 30min
            history 2026-02-23 medicare_b
              97110 GP x2 30min
            """,
            at="claim",
            says="treatment day 10 in a row with the same codes and units, a progress report is due every 10",
        ),
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
            history 2026-02-11 medicare_b
              97110 GP x2 30min
            history 2026-02-12 medicare_b
              97110 GP x2 30min
            history 2026-02-13 medicare_b
              97110 GP x2 30min
            history 2026-02-16 medicare_b
              97110 GP x2 30min
            history 2026-02-17 medicare_b
              97110 GP x2 30min
            history 2026-02-18 medicare_b
              97110 GP x2 30min
            history 2026-02-19 medicare_b
              97110 GP x2 30min
            history 2026-02-20 medicare_b
              97110 GP x2 30min
        """),
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
            history 2026-02-11 medicare_b
              97110 GP x2 30min
            history 2026-02-12 medicare_b
              97110 GP x2 30min
            history 2026-02-13 medicare_b
              97110 GP x2 30min
            history 2026-02-16 medicare_b
              97110 GP x2 30min
            history 2026-02-17 medicare_b
              97110 GP x2 30min
            history 2026-02-18 medicare_b
              97110 GP x2 30min
            history 2026-02-19 medicare_b
              97110 GP x2 30min
            history 2026-02-20 medicare_b
              97110 GP x2 30min
            history 2026-02-23 medicare_b
              97110 GP x1 15min
              97140 GP x1 15min
        """),
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x3 45min
            history 2026-02-11 medicare_b
              97110 GP x2 30min
            history 2026-02-12 medicare_b
              97110 GP x2 30min
            history 2026-02-13 medicare_b
              97110 GP x2 30min
            history 2026-02-16 medicare_b
              97110 GP x2 30min
            history 2026-02-17 medicare_b
              97110 GP x2 30min
            history 2026-02-18 medicare_b
              97110 GP x2 30min
            history 2026-02-19 medicare_b
              97110 GP x2 30min
            history 2026-02-20 medicare_b
              97110 GP x2 30min
            history 2026-02-23 medicare_b
              97110 GP x2 30min
        """),
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
            history 2026-02-11 medicare_b
              97110 GP x2 30min
            history 2026-02-12 medicare_b
              97110 GP x2 30min
            history 2026-02-13 medicare_b
              97110 GP x2 30min
            history 2026-02-16 medicare_b
              97110 GP x2 30min
            history 2026-02-17 medicare_b
              97110 GP x2 30min
            history 2026-02-18 medicare_b
              97110 GP x2 30min
            history 2026-02-19 medicare_b
              97110 GP x2 30min
            history 2026-02-20 medicare_b
              97110 GP x2 30min
            history 2026-02-23 medicare_b patient_id=2
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b knows_history=false
              97110 GP x2 30min
            """,
            lacks="earlier visits",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
            history 2026-02-11 medicare_b
              97110 GP x2 30min
            history 2026-02-12 medicare_b
              97110 GP x2 30min
            history 2026-02-13 medicare_b
              97110 GP x2 30min
            history 2026-02-16 medicare_b
              97110 GP x2 30min
            history 2026-02-17 medicare_b
              97110 GP x2 30min
            history 2026-02-18 medicare_b
              97110 GP x2 30min
            history 2026-02-19 medicare_b
              97110 GP x2 30min
            history 2026-02-20 medicare_b
              97110 GP x2 30min
            history 2026-02-23 medicare_b
              97110 GP x?
            """,
            lacks="earlier visits",
        ),
    ),
)
