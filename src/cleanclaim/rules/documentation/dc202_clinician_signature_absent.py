"""An evaluation, re-evaluation, discharge or progress report carries an assistant's signature only.

These need a clinician's judgment: only a therapist, physician or nonphysician practitioner may sign them. An
assistant's signature alone leaves them undocumented.

Not flagged: a treatment note signed by the assistant who treated.
Fix: none; the therapist must sign what the therapist did.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import manual

rule = Rule(
    code="DC202",
    name="clinician-signature-absent",
    over="claims",
    severity=Severity.RECOUP,
    applies=col.has_signature,
    flag=col.note_needs_clinician & col.clinician_signed.not_(),
    message="{visit_kind} visit signed by {signed_by}, an evaluation, discharge or progress report takes a clinician's signature",
    concept="assistant-signature-only",
    dollars=col.claim_allowed_cents,
    sources=(manual("100-02", "ch. 15 §220.3.C and D, read in a copy", read_on=date(2026, 11, 21)),),
    examples=(
        good("""
            visit 2026-03-04 medicare_b visit_kind=evaluation signed_by=PTA,PT
              97161 GP 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b visit_kind=evaluation signed_by=PTA
              97161 GP 30min
            """,
            at="claim",
            says="evaluation visit signed by PTA, an evaluation, discharge or progress report takes a clinician's signature",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b visit_kind=discharge signed_by=PTA
              97110 GP x2 30min
            """,
            at="claim",
            says="discharge visit signed by PTA, an evaluation, discharge or progress report takes a clinician's signature",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b has_progress_report=true signed_by=PTA
              97110 GP x2 30min
            """,
            at="claim",
            says="treatment visit signed by PTA, an evaluation, discharge or progress report takes a clinician's signature",
        ),
        good("""
            visit 2026-03-04 medicare_b visit_kind=treatment signed_by=PTA
              97110 GP CQ x2 30min
        """),
        good("""
            visit 2026-03-04 medicare_b visit_kind=? has_progress_report=? signed_by=PT
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b has_progress_report=? signed_by=PTA
              97110 GP CQ x2 30min
            """,
            lacks="whether it holds a progress report",
        ),
        exempt("""
            visit 2026-03-04 medicare_b visit_kind=evaluation has_signature=false signed_by=none signed_on=?
              97161 GP 30min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b visit_kind=evaluation signed_by=?
              97161 GP 30min
            """,
            lacks="who signed the note",
        ),
    ),
)
