"""More than ten treatment days have passed since the last progress report.

A clinician's progress report is due at least once every ten treatment days. Visits beyond that, without one, are
denied when the records are asked for.

Not flagged: a visit that holds the report itself, late as it is.
Fix: none; write the report, and do not backdate it.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import manual

rule = Rule(
    code="PC302",
    name="progress-report-overdue",
    over="claims",
    severity=Severity.RECOUP,
    applies=col.payer_progress_report_required,
    flag=col.report_is_overdue & col.day_has_progress_report.not_(),
    message="treatment day {treatment_days_at_least} since the last progress report and none in this visit, one was due by day {progress_report_treatment_days}",
    concept="progress-report-overdue",
    dollars=col.claim_allowed_cents,
    sources=(manual("100-02", "ch. 15 §220.3.D, read in a copy", read_on=date(2026, 11, 21)),),
    examples=(
        good("""
            visit 2026-03-04 medicare_b treatment_days_since_report=10
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b treatment_days_since_report=11
              97110 GP x2 30min
            """,
            at="claim",
            says="treatment day 11 since the last progress report and none in this visit, one was due by day 10",
        ),
        bad(
            """
            visit 2026-03-02 medicare_b treatment_days_since_report=10
              97110 GP x2 30min
            visit 2026-03-04 medicare_b treatment_days_since_report=10
              97110 GP x2 30min
            """,
            at="claim",
            says="treatment day 11 since the last progress report and none in this visit, one was due by day 10",
        ),
        good("""
            visit 2026-03-02 medicare_b treatment_days_since_report=10 has_progress_report=true
              97110 GP x2 30min
            visit 2026-03-04 medicare_b treatment_days_since_report=10
              97110 GP x2 30min
        """),
        good("""
            visit 2026-03-04 medicare_b treatment_days_since_report=10
              97110 GP x2 30min
            visit 2026-03-04 medicare_b treatment_days_since_report=10
              97140 GP x1 15min
        """),
        good("""
            visit 2026-03-04 medicare_b treatment_days_since_report=10
              97110 GP x2 30min
            history 2026-03-02 medicare_b discipline=OT
              97110 GO x2 30min
        """),
        good("""
            visit 2026-03-04 medicare_b treatment_days_since_report=10 plan_first_treatment_on=2026-02-02
              97110 GP x2 30min
            history 2026-02-01 medicare_b
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b treatment_days_since_report=10 plan_first_treatment_on=?
              97110 GP x2 30min
            history 2026-03-02 medicare_b
              97110 GP x2 30min
            """,
            lacks="treatment days since",
        ),
        exempt("""
            visit 2026-03-04 cash treatment_days_since_report=11
              97110 GP x2 30min
        """),
        good("""
            visit 2026-03-04 medicare_b treatment_days_since_report=11 has_progress_report=true
              97110 GP x2 30min
        """),
    ),
)
