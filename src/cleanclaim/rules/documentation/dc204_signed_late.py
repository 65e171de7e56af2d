"""The note was signed long after the visit.

Contractors expect notes to be complete within about a week. A later signature is not a denial by itself; it invites
the question when the note was written.

Not flagged: a signature within seven days.
Fix: none; do not backdate, add when it was written.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="DC204",
    name="signed-late",
    over="claims",
    severity=Severity.ADVICE,
    applies=col.has_signature,
    flag=col.days_to_signature > col.late_signature_days,
    message="note signed {days_to_signature:count day} after the visit, {late_signature_days:count is/are} usual",
    concept="signature-late",
    sources=(
        page(
            "Medicare contractors, as quoted by trade pages",
            "Late entries in therapy notes",
            "one week",
            read_on=date(2026, 11, 21),
            confidence=Confidence.SECONDARY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b signed_on=2026-03-11
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b signed_on=2026-03-12
              97110 GP x2 30min
            """,
            at="claim",
            says="note signed 8 days after the visit, 7 are usual",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b signed_on=?
              97110 GP x2 30min
            """,
            lacks="when the note was signed",
        ),
        exempt("""
            visit 2026-03-04 medicare_b has_signature=false signed_on=?
              97110 GP x2 30min
        """),
    ),
)
