"""Codes tie for units that the claim gives to none of them, or to more of them than may have one.

When codes have the same remaining minutes and there are fewer units than codes, the manual leaves the choice to the
therapist. Where the billed units are none that a choice would give, somebody has to mend the lines, and it is the
therapist who says which codes keep a unit.

Not flagged: lines that already give the unit to one of the codes, for either way is right; payers that count each code
alone, where nothing can tie.
Fix: none is proposed; store the order of preference with the visit.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, since, unknown
from cleanclaim.sources import Confidence, manual

rule = Rule(
    code="UN203",
    name="tie-without-a-choice",
    over="days",
    severity=Severity.ADVICE,
    coding_terms=True,
    effective=since(2000, 4, 1),
    payers="payers that pool the minutes of a day",
    applies=col.payer_unit_method == "eight_minute",
    flag=(col.tied_codes.list.len() > 0) & col.tie_settled_by_lines.not_(),
    message="{tied_codes} have equal minutes left for {contested_units:count unit}; which of them the therapist chose is not on record",
    concept="unit-tie",
    sources=(manual("100-04", "ch. 5 §20.2.C", read_on=date(2026, 11, 21), confidence=Confidence.SECONDARY),),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x2 21min
              97112 GP x1 20min
        """),
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x1 20min
              97112 GP x1 20min
              set unit_preference = 97112
        """),
        # Either way of the tie is right once it is billed.
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x2 20min
              97112 GP x1 20min
        """),
        good("""
            visit 2026-03-04 medicare_b
              97112 GP x1 7min
              did 97112 7min
              did 97110 7min
              did 97140 7min
        """),
        # 97116 was left out; that is another matter than the tie, which the lines settle.
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x2 20min
              97112 GP x1 20min
              did 97110 20min
              did 97112 20min
              did 97116 15min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x1 20min
              97112 GP x1 20min
            """,
            at="day",
            says="97110, 97112 have equal minutes left for 1 unit; which of them the therapist chose is not on record",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x1 8min
              97140 GP x1 8min
            """,
            at="day",
            says="97110, 97140 have equal minutes left for 1 unit; which of them the therapist chose is not on record",
        ),
        # 20 + 20 + 20 minutes support four units: one each, and one more for one of the three.
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x1 20min
              97112 GP x1 20min
              97140 GP x1 20min
            """,
            at="day",
            says="97110, 97112, 97140 have equal minutes left for 1 unit; which of them the therapist chose is not on record",
        ),
        # 25 + 25 + 25 minutes support five units: one each, and one more for two of the three.
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x1 25min
              97112 GP x1 25min
              97140 GP x1 25min
            """,
            at="day",
            says="97110, 97112, 97140 have equal minutes left for 2 units; which of them the therapist chose is not on record",
        ),
        # 40 of one code leave 10: its two whole units are no part of what the tie is about.
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x2 40min
              97112 GP x0 10min
              97140 GP x0 10min
              did 97110 40min
              did 97112 10min
              did 97140 10min
            """,
            at="day",
            says="97110, 97112, 97140 have equal minutes left for 2 units; which of them the therapist chose is not on record",
        ),
        # Three units of the one and none of the other are no way of the tie.
        bad(
            """
            visit 2026-03-04 medicare_b
              97112 GP x3 20min
              did 97112 20min
              did 97110 20min
            """,
            at="day",
            says="97112, 97110 have equal minutes left for 1 unit; which of them the therapist chose is not on record",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b
              97110 GP x2 ?min
            """,
            lacks="minutes",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b
              97110 GP x? 20min
              97112 GP x1 20min
            """,
            lacks="billed units",
        ),
        exempt("""
            visit 2000-03-31 medicare_b
              97110 GP x1 20min
              97112 GP x1 20min
        """),
        bad(
            """
            visit 2000-04-01 medicare_b
              97110 GP x1 20min
              97112 GP x1 20min
            """,
            at="day",
            says="97110, 97112 have equal minutes left for 1 unit; which of them the therapist chose is not on record",
        ),
    ),
)
