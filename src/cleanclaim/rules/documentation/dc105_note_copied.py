"""The note is word for word the note of an earlier visit.

A note that repeats another shows nothing of this day: no response, no change, no judgment. Reviewers compare notes
and deny the copies.

Not flagged: a visit without a note, and notes that differ in more than capitals and spaces.
Fix: none; only who treated can write what happened.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import manual

rule = Rule(
    code="DC105",
    name="note-copied",
    over="claims",
    severity=Severity.RECOUP,
    applies=col.note_text != "",
    flag=col.note_is_copied,
    message="the note is word for word that of {copied_from}, each day needs its own",
    concept="cloned-note",
    dollars=col.claim_allowed_cents,
    sources=(manual("100-02", "ch. 15 §220.3.E: treatment note, read in a copy", read_on=date(2026, 11, 21)),),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
              set note_text = Squats to 60 degrees, less pain than before
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
              set note_text = Patient tolerated treatment well
            history 2026-03-02 medicare_b
              97110 GP x2 30min
              set note_text = patient tolerated  treatment well
            """,
            at="claim",
            says="the note is word for word that of 2026-03-02, each day needs its own",
        ),
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
              set note_text = Patient tolerated treatment well
            history 2026-03-02 medicare_b
              97110 GP x2 30min
              set note_text = Squats to 60 degrees, less pain than before
        """),
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
              set note_text = Patient tolerated treatment well
            history 2026-03-02 medicare_b patient_id=2
              97110 GP x2 30min
              set note_text = Patient tolerated treatment well
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
              set note_text = Patient tolerated treatment well
            visit 2026-03-06 medicare_b
              97110 GP x2 30min
              set note_text = Patient tolerated treatment well
            """,
            at="claim",
            says="the note is word for word that of 2026-03-04, each day needs its own",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
              set note_text = Patient tolerated treatment well
            history 2026-03-02 medicare_b
              97110 GP x2 30min
              set note_text = ?
            """,
            lacks="earlier visits",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b knows_history=false
              97110 GP x2 30min
              set note_text = Patient tolerated treatment well
            """,
            lacks="earlier visits",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
            history 2026-03-02 medicare_b
              97110 GP x2 30min
        """),
    ),
)
