"""The note does not state the total treatment time.

Medicare requires the day's total treatment time, timed and untimed services together and without rest. Without it
a reviewer cannot check the timed minutes against the visit.

Not flagged: a note without times of arrival and leaving, which Medicare does not require.
Fix: none; the total is for who furnished the services to write.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import manual

rule = Rule(
    code="DC107",
    name="treatment-total-not-stated",
    over="claims",
    severity=Severity.RECOUP,
    applies=col.payer_kind == "medicare_b",
    flag=col.treatment_total_is_stated.not_(),
    message="the note does not state the total treatment minutes, which it must",
    payers="Medicare Part B",
    concept="treatment-minutes-missing",
    dollars=col.claim_allowed_cents,
    sources=(manual("100-02", "ch. 15 §220.3.E: treatment note, read in a copy", read_on=date(2026, 11, 21)),),
    examples=(
        good("""
            visit 2026-03-04 medicare_b total_treatment_minutes_noted=45
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b has_total_treatment_minutes=false
              97110 GP x2 ?min
            """,
            at="claim",
            says="the note does not state the total treatment minutes, which it must",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b has_total_treatment_minutes=?
              97110 GP x2 ?min
            """,
            lacks="states the total treatment minutes",
        ),
        exempt("""
            visit 2026-03-04 cash has_total_treatment_minutes=false
              97110 GP x2 ?min
        """),
    ),
)
