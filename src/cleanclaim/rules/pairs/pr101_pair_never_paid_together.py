"""Two codes stand on one day that the payer never pays together.

Medicare's pair list has two kinds of edits. In this kind (indicator 0) the code in column 2 is part of the code
in column 1, or contradicts it: column 2 is denied, whatever the modifier, and the patient may not be billed for it.
The list is replaced every quarter; for a day outside the edition that was read, the finding says so.

Not flagged: 97530 with 97140 or 97116, and an evaluation with 97140, which Medicare's list no longer holds; lines
of different rendering providers; payers who apply no list. A payer whose use of the list was not read is no data.
Fix: none is proposed; which of the two the note supports is for the therapist to say.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import page

rule = Rule(
    code="PR101",
    name="pair-never-paid-together",
    over="pairs",
    severity=Severity.DENY,
    coding_terms=True,
    payers="payers that apply Medicare's pair edits, or list pairs of their own",
    applies=col.pair_applies & (col.first_is_separated | col.second_is_separated).not_(),
    flag=col.bypass_allowed.not_(),
    message="{first_code} and {second_code} on one day; by {pair_basis} only {first_code} is paid, whatever the modifier",
    concept="pair-never-together",
    dollars=col.second_allowed_cents,
    sources=(
        page(
            "CMS",
            "NCCI practitioner procedure-to-procedure edits, version 30.2",
            "rows active on 2024-07-01, modifier indicator",
            read_on=date(2026, 11, 21),
        ),
    ),
    examples=(
        bad(
            """
            visit 2024-08-01 medicare_b
              97140 GP x1 15min
              97124 GP x1 15min
            """,
            at="lines 1 and 2",
            says="97140 and 97124 on one day; by the edition of 2024-07-01 only 97140 is paid, whatever the modifier",
        ),
        bad(
            """
            visit 2024-09-30 medicare_b
              97164 GP x1 20min
              97161 GP x1 30min
            """,
            at="lines 1 and 2",
            says="97161 and 97164 on one day; by the edition of 2024-07-01 only 97161 is paid, whatever the modifier",
        ),
        bad(
            """
            visit 2024-10-01 medicare_b
              97760 GP x1 15min
              97763 GP x1 15min
            """,
            at="lines 1 and 2",
            says="97760 and 97763 on one day; by the edition of 2024-07-01 (unconfirmed for 2024-10-01) only 97760 is "
            "paid, whatever the modifier",
        ),
        bad(
            """
            visit 2024-08-01 medicare_b
              97124 GP x1 15min
            history 2024-08-01 medicare_b
              97140 GP x1 15min
            """,
            at="line 1 and line 1 of C2",
            says="97140 and 97124 on one day; by the edition of 2024-07-01 only 97140 is paid, whatever the modifier",
        ),
        exempt("""
            visit 2024-08-01 medicare_b
              97124 GP x1 15min
            history 2024-08-01 medicare_b rendering_npi=1003000126
              97140 GP x1 15min
        """),
        exempt("""
            visit 2024-08-01 medicare_b
              97124 GP x1 15min
            history 2024-07-31 medicare_b
              97140 GP x1 15min
        """),
        good("""
            visit 2024-08-01 medicare_b
              97150 GP x1 30min
              97110 GP x1 15min
        """),
        exempt("""
            visit 2024-08-01 medicare_b
              97530 GP x1 15min
              97140 GP x1 15min
              97116 GP x1 15min
        """),
        exempt("""
            visit 2024-08-01 medicare_b visit_kind=evaluation
              97161 GP x1 30min
              97140 GP x1 15min
        """),
        exempt("""
            visit 2024-08-01 cash
              97140 GP x1 15min
              97124 GP x1 15min
        """),
        unknown(
            """
            visit 2024-08-01 wc_ny
              97140 GP x1 15min
              97124 GP x1 15min
            """,
            lacks="whether the payer applies",
        ),
        exempt("""
            visit 2024-08-01 medicare_b
              97140 GP 59 x1 15min
              97124 GP x1 15min
        """),
        exempt("""
            visit 2024-08-01 medicare_b
              97140 GP x1 15min
              97124 GP 59 x1 15min
        """),
    ),
)
