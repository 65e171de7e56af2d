"""The note is not signed.

A note counts with the signature and professional identity of whoever furnished or supervised the service. Without
one there is no documentation, and what was paid is taken back.

Not flagged: a supervising therapist who does not co-sign an assistant's treatment note.
Fix: none; the note must be signed by who wrote it.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, unknown
from cleanclaim.sources import manual

rule = Rule(
    code="DC201",
    name="note-unsigned",
    over="claims",
    severity=Severity.RECOUP,
    flag=col.has_signature.not_(),
    message="the note of {date_of_service} is not signed, unsigned services are taken back",
    concept="note-unsigned",
    dollars=col.claim_allowed_cents,
    sources=(manual("100-02", "ch. 15 §220.3.E: treatment note, read in a copy", read_on=date(2026, 11, 21)),),
    examples=(
        good("""
            visit 2026-03-04 medicare_b has_signature=true signed_by=PTA
              97110 GP CQ x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b has_signature=false signed_on=? signed_by=none
              97110 GP x2 30min
            """,
            at="claim",
            says="the note of 2026-03-04 is not signed, unsigned services are taken back",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b has_signature=?
              97110 GP x2 30min
            """,
            lacks="the note is signed",
        ),
    ),
)
