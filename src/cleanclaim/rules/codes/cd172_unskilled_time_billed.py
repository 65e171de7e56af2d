"""Units are billed that need minutes of an aide, of a student or without anybody.

Payers pay the skill of a therapist or assistant. Minutes of aides, of students working alone and of patients by
themselves are not billable, and units that need them are taken back.

Not flagged: such minutes beside enough skilled minutes; a supervised modality that runs unattended; a code of which an
aide did all (DC301) or, for Medicare, a student (DC302).
Fix: none is proposed; bill the units that the skilled minutes support.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, known_true, one_of, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="CD172",
    name="unskilled-time-billed",
    over="services",
    severity=Severity.RECOUP,
    applies=(
        one_of(col.by, ["aide", "student", "unattended"])
        & (col.billed_units > 0)
        & known_true(col.furnished_by_aide_only).not_()
        & known_true(col.furnished_by_student_only & (col.payer_kind == "medicare_b")).not_()
    ),
    flag=(
        (col.day_code_is_timed & (col.billed_units > col.allocated_units_most))
        | (col.day_code_is_timed.not_() & (col.billable_services == 0))
    ),
    message="{billed_units:count unit} of {service_code} billed, {service_minutes:count minute of it was/minutes of it were} furnished by: {by}",
    concept="unskilled-time-billed",
    dollars=pl.when(col.day_code_is_timed).then(col.overbilled_cents).otherwise(col.day_code_allowed_cents),
    sources=(
        page(
            "Noridian Healthcare Solutions",
            "Therapy students and aides",
            "who furnishes a billable service",
            read_on=date(2026, 11, 21),
            confidence=Confidence.SECONDARY,
        ),
        page(
            "Therapy Comply",
            "Students and aides in Part B (2023)",
            "presence of the therapist",
            read_on=date(2026, 11, 21),
            confidence=Confidence.SECONDARY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
              did 97110 30min
              did 97110 10min by=aide
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
              did 97110 15min
              did 97110 15min by=aide
            """,
            at="service 2",
            says="2 units of 97110 billed, 15 minutes of it were furnished by: aide",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b
              97116 GP x1 15min
              did 97116 15min by=unattended
            """,
            at="service 1",
            says="1 unit of 97116 billed, 15 minutes of it were furnished by: unattended",
        ),
        bad(
            """
            visit 2026-03-04 cash
              97150 x1 30min
              did 97150 30min group_size=3 by=student
            """,
            at="service 1",
            says="1 unit of 97150 billed, 30 minutes of it were furnished by: student",
        ),
        good("""
            visit 2026-03-04 medicare_b
              G0283 GP x1 15min
              did G0283 15min by=unattended
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
              did 97110 30min
              did 97110 15min by=?
            """,
            lacks="PT, PTA",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              97140 GP x1 15min
              did 97140 15min
              did 97110 10min by=aide
        """),
        good("""
            visit 2026-03-04 medicare_b
              G0283 GP x2 30min
              did G0283 30min by=unattended
        """),
        bad(
            """
            visit 2026-03-04 cash
              97164 x1 20min
              did 97164 20min by=student
            """,
            at="service 1",
            says="1 unit of 97164 billed, 20 minutes of it were furnished by: student",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              97164 GP x1 20min
              did 97164 20min by=student
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
              did 97110 30min by=aide
        """),
    ),
)
