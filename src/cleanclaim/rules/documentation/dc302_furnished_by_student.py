"""A code is billed that only a student furnished.

Medicare Part B pays the therapist. A student may take part while the therapist is present, directs, decides and
treats nobody else; then the service is the therapist's and the note says so.

Not flagged: payers other than Medicare, whose own rules on students were not read.
Fix: none; the note must say who furnished the service.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="DC302",
    name="furnished-by-student",
    over="day_codes",
    severity=Severity.RECOUP,
    applies=(col.payer_kind == "medicare_b") & (col.billed_units > 0) & (col.services_furnished > 0),
    flag=col.furnished_by_student_only,
    message="{day_code} billed with {billed_units:count unit}, furnished by a student only; Medicare pays the therapist's service",
    payers="Medicare Part B",
    concept="student-furnished",
    dollars=col.day_code_allowed_cents,
    sources=(
        page(
            "Therapy Comply",
            "Students and aides under Medicare Part B, 2023",
            "students",
            read_on=date(2026, 11, 21),
            confidence=Confidence.SECONDARY,
        ),
        page(
            "Noridian Healthcare Solutions",
            "Therapy students and aides",
            "title of the page",
            read_on=date(2026, 11, 21),
            confidence=Confidence.SECONDARY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
              did 97110 15min by=PT
              did 97110 15min by=student
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
              did 97110 30min by=student
            """,
            at="97110",
            says="97110 billed with 2 units, furnished by a student only; Medicare pays the therapist's service",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
              did 97110 15min by=?
            """,
            lacks="who furnished",
        ),
        exempt("""
            visit 2026-03-04 uhc_commercial
              97110 GP x2 30min
              did 97110 30min by=student
        """),
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
              97140 GP x1 15min
              did 97110 15min by=PT
        """),
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
              did 97110 15min by=PT
              did 97140 15min by=student
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
              did 97110 15min by=student
            """,
            at="97110",
            says="97110 billed with 1 unit, furnished by a student only; Medicare pays the therapist's service",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
              did nothing
        """),
    ),
)
