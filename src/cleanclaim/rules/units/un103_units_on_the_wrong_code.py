"""A code is billed with more units than its own minutes take, although the day's total holds.

Whole 15-minute units belong to the code they were furnished under; what is left goes one unit each to the codes
with the most remaining minutes. Units moved to a better paid code are taken back in review, and units moved to
the wrong code leave the other one unpaid.

Not flagged: either way of a tie; a day whose total is too high already (UN101).
Fix: bill the units that the code's minutes take; ATTEST, because the minutes may be what is wrong.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Fix, Rule, Safety, Severity, bad, exempt, good, since, unknown
from cleanclaim.sources import Confidence, manual, page

rule = Rule(
    code="UN103",
    name="units-on-the-wrong-code",
    over="day_codes",
    severity=Severity.RECOUP,
    coding_terms=True,
    effective=since(2000, 4, 1),
    payers="payers whose way of counting is known",
    applies=col.day_code_is_timed & (col.timed_units <= col.supported_units),
    flag=col.billed_units > col.allocated_units_most,
    message="{billed_units:count unit} of {day_code} billed, its {code_minutes:count minute takes/minutes take} {allocated_units_most}",
    concept="units-wrong-distribution",
    dollars=col.overbilled_cents,
    sources=(
        manual("100-04", "ch. 5 §20.2.C", read_on=date(2026, 11, 21), confidence=Confidence.SECONDARY),
        page(
            "CGS Administrators",
            "Article A57067, outpatient therapy",
            "remaining minutes: the unit goes to the service with the most",
            read_on=date(2026, 11, 21),
            confidence=Confidence.SECONDARY,
        ),
    ),
    fix=Fix(
        Safety.ATTEST,
        title="Bill the units that the code's own minutes take",
        table="lines",
        via="day_code_id",
        where=(col.billed_units == col.units) & (col.allocated_units > 0),
        field="units",
        new=col.allocated_units,
        may_reveal=("UN201", "UN202"),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x2 33min
              97140 GP x1 7min
        """),
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x2 20min
              97112 GP x1 20min
        """),
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x1 20min
              97112 GP x2 20min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x3 33min
              did 97110 33min
              did 97140 7min
            """,
            at="97110",
            says="3 units of 97110 billed, its 33 minutes take 2",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x2 18min
              97140 GP x1 13min
              did 97110 18min
              did 97140 13min
              did 97116 10min
              did 97035 8min
            """,
            at="97110",
            says="2 units of 97110 billed, its 18 minutes take 1",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b
              97110 GP x3 33min
              did 97110 ?min
            """,
            lacks="minutes",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x3 30min
        """),
        bad(
            """
            visit 2000-04-01 medicare_b
              97110 GP x3 33min
              did 97110 33min
              did 97140 7min
            """,
            at="97110",
            says="3 units of 97110 billed, its 33 minutes take 2",
        ),
        exempt("""
            visit 2000-03-31 medicare_b
              97110 GP x3 33min
              did 97110 33min
              did 97140 7min
        """),
        exempt("""
            visit 2026-03-04 medicare_b
              97012 GP x2 30min
        """),
    ),
)
