"""The note was signed before the day of the visit.

A signature states what was done, so it cannot come before. A reviewer reads such a note as written in advance.

Not flagged: a note signed on the day itself.
Fix: none; only the record tells which date is wrong.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import manual

rule = Rule(
    code="DC203",
    name="signed-before-visit",
    over="claims",
    severity=Severity.RECOUP,
    applies=col.has_signature,
    flag=col.days_to_signature < 0,
    message="note signed on {signed_on}, before the visit of {date_of_service}",
    concept="signature-date",
    dollars=col.claim_allowed_cents,
    sources=(manual("100-02", "ch. 15 §220.3.E: treatment note, read in a copy", read_on=date(2026, 11, 21)),),
    examples=(
        good("""
            visit 2026-03-04 medicare_b signed_on=2026-03-04
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b signed_on=2026-03-03
              97110 GP x2 30min
            """,
            at="claim",
            says="note signed on 2026-03-03, before the visit of 2026-03-04",
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
