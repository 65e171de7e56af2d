"""A line carries 59 or an X modifier, and no pair edit stands between it and another line.

The modifier states that services were apart where an edit would otherwise bundle them. Where no edit stands it states
something for nothing, and payers watch how often a practice uses it.

Not flagged: a line in an edit, whichever column it stands in; a date for which the list is not confirmed is no data.
Fix: take the modifier off; ATTEST, because the payer may have edits of its own.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Fix, Rule, Safety, Severity, bad, exempt, good, has_modifier, unknown, without_modifier
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="MD407",
    name="separation-without-an-edit",
    over="lines",
    severity=Severity.ADVICE,
    coding_terms=True,
    applies=has_modifier("59", "XE", "XP", "XS", "XU"),
    flag=col.meets_pair.not_(),
    message="{code} carries {modifiers}; no pair edit joins it to another line of the day, so there is nothing to separate",
    concept="modifier-59-not-needed",
    sources=(
        page(
            "CMS",
            "MLN1783722, proper use of modifiers 59 and X",
            "the X modifiers are used instead of 59",
            read_on=date(2026, 11, 21),
            confidence=Confidence.SECONDARY,
        ),
        page(
            "CMS",
            "NCCI procedure-to-procedure edits, practitioner, edition of 2024-07-01",
            "pairs in force",
            read_on=date(2026, 11, 21),
        ),
    ),
    fix=Fix(
        Safety.ATTEST,
        title="Take the modifier off",
        field="modifiers",
        new=without_modifier("59", "XE", "XP", "XS", "XU"),
    ),
    examples=(
        good("""
            visit 2024-08-07 medicare_b
              97530 GP 59 x1
              97150 GP x1
        """),
        bad(
            """
            visit 2024-08-07 medicare_b
              97530 GP 59 x1
              97140 GP x1
            """,
            at="line 1",
            says="97530 carries GP, 59; no pair edit joins it to another line of the day, so there is nothing to separate",
        ),
        bad(
            """
            visit 2024-08-07 medicare_b
              97116 GP 59 x1
              97530 GP x1
            """,
            at="line 1",
            says="97116 carries GP, 59; no pair edit joins it to another line of the day, so there is nothing to separate",
        ),
        good("""
            visit 2024-08-07 medicare_b
              97530 GP 59 x1
            history 2024-08-07 medicare_b
              97150 GP x1
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b
              97530 GP 59 x1
              97140 GP x1
            """,
            lacks="pair edits",
        ),
        exempt("""
            visit 2024-08-07 medicare_b
              97530 GP x1
              97140 GP x1
        """),
        bad(
            """
            visit 2024-08-07 medicare_b
              97530 GP XE x1
              97140 GP x1
            """,
            at="line 1",
            says="97530 carries GP, XE; no pair edit joins it to another line of the day, so there is nothing to separate",
        ),
        bad(
            """
            visit 2024-08-07 medicare_b
              97530 GP XP x1
              97140 GP x1
            """,
            at="line 1",
            says="97530 carries GP, XP; no pair edit joins it to another line of the day, so there is nothing to separate",
        ),
        bad(
            """
            visit 2024-08-07 medicare_b
              97530 GP XS x1
              97140 GP x1
            """,
            at="line 1",
            says="97530 carries GP, XS; no pair edit joins it to another line of the day, so there is nothing to separate",
        ),
        bad(
            """
            visit 2024-08-07 medicare_b
              97530 GP XU x1
              97140 GP x1
            """,
            at="line 1",
            says="97530 carries GP, XU; no pair edit joins it to another line of the day, so there is nothing to separate",
        ),
    ),
)
