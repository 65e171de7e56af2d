"""Timed codes are billed, and the note does not state the total of timed minutes.

Medicare requires the total minutes of timed codes in each day's note; the units rest on it. Without it the units
are unsupported, whatever was done.

Not flagged: a note without minutes for each service, which Medicare does not require.
Fix: none; the total is for who furnished the services to write.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import manual

rule = Rule(
    code="DC106",
    name="timed-total-not-stated",
    over="claims",
    severity=Severity.RECOUP,
    applies=(col.payer_kind == "medicare_b") & col.has_timed_lines,
    flag=col.timed_total_is_stated.not_(),
    message="timed codes billed, the note does not state the total of timed minutes, which it must",
    payers="Medicare Part B",
    concept="timed-minutes-missing",
    dollars=col.claim_timed_allowed_cents,
    sources=(manual("100-02", "ch. 15 §220.3.E: treatment note, read in a copy", read_on=date(2026, 11, 21)),),
    examples=(
        good("""
            visit 2026-03-04 medicare_b total_timed_minutes_noted=30
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b has_total_timed_minutes=false
              97110 GP x2 ?min
            """,
            at="claim",
            says="timed codes billed, the note does not state the total of timed minutes, which it must",
        ),
        good("""
            visit 2026-03-04 medicare_b has_total_timed_minutes=false total_timed_minutes_noted=30
              97110 GP x2 ?min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b has_total_timed_minutes=?
              97110 GP x2 ?min
            """,
            lacks="states the total minutes of timed codes",
        ),
        exempt("""
            visit 2026-03-04 medicare_b has_total_timed_minutes=false
              G0283 GP ?min
        """),
        exempt("""
            visit 2026-03-04 uhc_commercial has_total_timed_minutes=false
              97110 GP x2 ?min
        """),
    ),
)
