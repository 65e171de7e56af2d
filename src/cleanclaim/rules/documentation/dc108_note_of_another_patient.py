"""The note is word for word the note of another patient.

Two patients do not respond alike to the letter. Reviewers lay a therapist's notes side by side, and a text that stands
in two records shows neither treatment; they deny both.

Not flagged: visits without a note, notes that differ in more than capitals and spaces, and those of other therapists.
Fix: none; only who treated can write what happened.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import Confidence, manual, page

rule = Rule(
    code="DC108",
    name="note-of-another-patient",
    over="claims",
    severity=Severity.RECOUP,
    applies=(col.note_text != "") & col.others_notes_at_hand,
    flag=col.note_is_another_patients,
    message="the note is word for word that of another patient, each needs its own",
    concept="cloned-note",
    sources=(
        manual("100-02", "ch. 15 §220.3.E: treatment note, read in a copy", read_on=date(2026, 11, 21)),
        page(
            "Billing practice",
            "Stated widely in the trade; the payer's own text was not read",
            "cloned notes: identical wording in the records of several patients",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
              set note_text = Squats to 60 degrees, less pain than before
            history 2026-03-04 medicare_b patient_id=2
              97110 GP x2 30min
              set note_text = Stairs without rail
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
              set note_text = Patient tolerated treatment well
            history 2026-03-02 medicare_b patient_id=2
              97110 GP x2 30min
              set note_text = patient tolerated  treatment WELL
            """,
            at="claim",
            says="the note is word for word that of another patient, each needs its own",
        ),
        exempt("""
            visit 2026-03-04 medicare_b rendering_npi=1234567893
              97110 GP x2 30min
              set note_text = Patient tolerated treatment well
            history 2026-03-02 medicare_b patient_id=2 rendering_npi=1700000015
              97110 GP x2 30min
              set note_text = Patient tolerated treatment well
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
              set note_text = Patient tolerated treatment well
            history 2026-03-02 medicare_b
              97110 GP x2 30min
              set note_text = Patient tolerated treatment well
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
              set note_text = Patient tolerated treatment well
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
            history 2026-03-02 medicare_b patient_id=2
              97110 GP x2 30min
              set note_text = Stairs without rail
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b note_text=?
              97110 GP x2 30min
            history 2026-03-02 medicare_b patient_id=2
              97110 GP x2 30min
              set note_text = Stairs without rail
            """,
            lacks="note of the visit",
        ),
    ),
)
