"""Before July 2019, 59 or an X modifier stands on the code in column 1 alone.

Until 2019-06-30 the payer looked for the modifier on the code in column 2, the one that is denied; on column 1 it
had no effect. Since then either line will do.

Not flagged: later dates of service.
Fix: add 59 to the code in column 2; ATTEST, because it states that the services were apart.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Fix, Period, Rule, Safety, Severity, bad, exempt, good, unknown, with_modifier
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="PR106",
    name="modifier-on-column-1-alone",
    over="pairs",
    severity=Severity.DENY,
    coding_terms=True,
    payers="payers that apply Medicare's pair edits",
    effective=Period(through=date(2019, 6, 30)),
    applies=col.pair_applies & col.bypass_allowed & (col.first_is_separated | col.second_is_separated),
    flag=col.second_is_separated.not_(),
    message="59 or an X modifier stands on {first_code} alone; by {pair_basis} it was read on {second_code} before "
    "July 2019",
    concept="modifier-on-wrong-line",
    dollars=col.second_allowed_cents,
    sources=(
        page(
            "AAPC",
            "Modifier 59 on either code of a pair",
            "column 1 or column 2 since 2019-07-01",
            read_on=date(2026, 11, 21),
            confidence=Confidence.SECONDARY,
        ),
    ),
    fix=Fix(
        Safety.ATTEST,
        title="State with modifier 59 on the code in column 2 that the services were furnished at separate times",
        table="lines",
        via="second_line_id",
        field="modifiers",
        new=with_modifier("59"),
    ),
    examples=(
        bad(
            """
            visit 2019-06-30 medicare_b
              97150 GP 59 x1 30min
              97110 GP x1 15min
            """,
            at="lines 1 and 2",
            says="59 or an X modifier stands on 97150 alone; by the edition of 2024-07-01 (unconfirmed for 2019-06-30) it "
            "was read on 97110 before July 2019",
        ),
        good("""
            visit 2019-06-30 medicare_b
              97150 GP x1 30min
              97110 GP 59 x1 15min
        """),
        exempt("""
            visit 2019-07-01 medicare_b
              97150 GP 59 x1 30min
              97110 GP x1 15min
        """),
        unknown(
            """
            visit 2019-06-30 uhc_commercial
              97150 GP 59 x1 30min
              97110 GP x1 15min
            """,
            lacks="whether the payer applies",
        ),
        exempt("""
            visit 2019-06-30 medicare_b
              97150 GP x1 30min
              97110 GP x1 15min
        """),
        exempt("""
            visit 2019-06-30 medicare_b
              97140 GP 59 x1 15min
              97124 GP x1 15min
        """),
    ),
)
