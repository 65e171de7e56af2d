"""This is the tenth treatment day since the last progress report, and the visit holds none.

A clinician's progress report is due at least once every ten treatment days, the first period counted from the first
day of the episode. Written today it is in time; at the next visit it is overdue.

Not flagged: 30 calendar days without a report, which has not been a limit since 2013.
Fix: none; write the report.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import manual

rule = Rule(
    code="PC301",
    name="progress-report-due",
    over="claims",
    severity=Severity.ADVICE,
    applies=col.payer_progress_report_required,
    flag=col.report_is_due & col.day_has_progress_report.not_(),
    message="treatment day {treatment_days_at_least} since the last progress report and none in this visit, one is due by day {progress_report_treatment_days}",
    concept="progress-report-due",
    sources=(manual("100-02", "ch. 15 §220.3.D, read in a copy", read_on=date(2026, 11, 21)),),
    examples=(
        good("""
            visit 2026-03-04 medicare_b treatment_days_since_report=9
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b treatment_days_since_report=10
              97110 GP x2 30min
            """,
            at="claim",
            says="treatment day 10 since the last progress report and none in this visit, one is due by day 10",
        ),
        good("""
            visit 2026-03-04 medicare_b treatment_days_since_report=10 has_progress_report=true
              97110 GP x2 30min
        """),
        good("""
            visit 2026-03-04 medicare_b treatment_days_since_report=2 plan_first_treatment_on=2026-01-02
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b treatment_days_since_report=9
              97110 GP x2 30min
            history 2026-03-02 medicare_b
              97110 GP x2 30min
            """,
            at="claim",
            says="treatment day 10 since the last progress report and none in this visit, one is due by day 10",
        ),
        good("""
            visit 2026-03-04 medicare_b treatment_days_since_report=9
              97110 GP x2 30min
            history 2026-03-02 medicare_b has_progress_report=true
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b treatment_days_since_report=9
              97110 GP x2 30min
            history 2026-03-02 medicare_b has_progress_report=?
              97110 GP x2 30min
            """,
            lacks="treatment days since",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b treatment_days_since_report=?
              97110 GP x2 30min
            """,
            lacks="treatment days since",
        ),
        exempt("""
            visit 2026-03-04 cash treatment_days_since_report=10
              97110 GP x2 30min
        """),
    ),
)
