"""The patient is discharged, and the visit holds no progress report.

A discharge note is due for each episode: a progress report, by the clinician, from the last report to the
discharge. After an unexpected end it may rest on the treatment notes and may be written without a visit.

Not flagged: a report in another visit of the same day and discipline.
Fix: none; write the discharge note.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="PC304",
    name="discharge-without-report",
    over="claims",
    severity=Severity.ADVICE,
    applies=col.payer_progress_report_required & (col.visit_kind == "discharge"),
    flag=col.day_has_progress_report.not_(),
    message="discharge on {date_of_service} without a report, the episode ends with one by the clinician",
    concept="discharge-report-absent",
    sources=(
        page(
            "Best PT Billing",
            "Discharge notes, quoting Pub 100-02 ch. 15 §220.3.D",
            "discharge note",
            read_on=date(2026, 11, 21),
            confidence=Confidence.SECONDARY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b visit_kind=discharge has_progress_report=true
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b visit_kind=discharge
              97110 GP x2 30min
            """,
            at="claim",
            says="discharge on 2026-03-04 without a report, the episode ends with one by the clinician",
        ),
        good("""
            visit 2026-03-04 medicare_b visit_kind=discharge
              97110 GP x2 30min
            history 2026-03-04 medicare_b has_progress_report=true
              97140 GP x1 15min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b visit_kind=discharge has_progress_report=?
              97110 GP x2 30min
            """,
            lacks="progress report",
        ),
        exempt("""
            visit 2026-03-04 medicare_b visit_kind=treatment
              97110 GP x2 30min
        """),
        exempt("""
            visit 2026-03-04 cash visit_kind=discharge
              97110 x2 30min
        """),
    ),
)
