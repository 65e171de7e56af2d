"""The progress report is signed by an assistant alone.

An assistant may write parts of a progress report: what was done and measured. The judgment of progress and the
decision to go on are a clinician's, and the report counts only with the clinician's signature.

Not flagged: a report that a therapist signed beside the assistant.
Fix: none; the therapist completes and signs the report.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, one_of, unknown
from cleanclaim.sources import manual

rule = Rule(
    code="PC303",
    name="progress-report-by-assistant",
    over="claims",
    severity=Severity.RECOUP,
    applies=col.payer_progress_report_required,
    flag=col.has_progress_report & one_of(col.progress_report_signed_by, ["PTA", "OTA"]) & col.clinician_signed.not_(),
    message="progress report signed by {progress_report_signed_by}, it takes a clinician's signature",
    concept="assistant-signed-report",
    dollars=col.claim_allowed_cents,
    sources=(manual("100-02", "ch. 15 §220.3.D, read in a copy", read_on=date(2026, 11, 21)),),
    examples=(
        good("""
            visit 2026-03-04 medicare_b has_progress_report=true progress_report_signed_by=PT
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b has_progress_report=true progress_report_signed_by=PTA signed_by=PTA
              97110 GP x2 30min
            """,
            at="claim",
            says="progress report signed by PTA, it takes a clinician's signature",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b has_progress_report=true progress_report_signed_by=? signed_by=PTA
              97110 GP x2 30min
            """,
            lacks="progress report",
        ),
        good("""
            visit 2026-03-04 medicare_b has_progress_report=? progress_report_signed_by=? signed_by=PTA,PT
              97110 GP x2 30min
        """),
        good("""
            visit 2026-03-04 medicare_b has_progress_report=false progress_report_signed_by=none signed_by=PTA
              97110 GP x2 30min
        """),
        exempt("""
            visit 2026-03-04 cash has_progress_report=true progress_report_signed_by=PTA signed_by=PTA
              97110 GP x2 30min
        """),
        good("""
            visit 2026-03-04 medicare_b has_progress_report=false progress_report_signed_by=PTA signed_by=PTA
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b has_progress_report=true progress_report_signed_by=OTA signed_by=OTA discipline=OT
              97535 GO x2 30min
            """,
            at="claim",
            says="progress report signed by OTA, it takes a clinician's signature",
        ),
    ),
)
