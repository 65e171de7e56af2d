"""A line carries 59 or an X modifier against a pair that no modifier separates.

In edits of this kind (indicator 0) the payer denies the code in column 2 whatever the modifier. The modifier helps
nothing, and a clinic that adds it by habit stands out in the payer's statistics.

Not flagged: the pair without a modifier, which is PR101.
Fix: none is proposed; the modifier may be needed for another pair of the same line, and one of the codes must go.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import page

rule = Rule(
    code="PR103",
    name="modifier-on-inseparable-pair",
    over="pairs",
    severity=Severity.DENY,
    coding_terms=True,
    payers="payers that apply Medicare's pair edits, or list pairs of their own",
    applies=col.pair_applies & (col.first_is_separated | col.second_is_separated),
    flag=col.bypass_allowed.not_(),
    message="{first_code} and {second_code} on one day with 59 or an X modifier; by {pair_basis} no modifier separates "
    "them, and {second_code} is denied",
    concept="modifier-on-inseparable-pair",
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
              97124 GP 59 x1 15min
            """,
            at="lines 1 and 2",
            says="97140 and 97124 on one day with 59 or an X modifier; by the edition of 2024-07-01 no modifier separates "
            "them, and 97124 is denied",
        ),
        bad(
            """
            visit 2024-06-30 medicare_b
              97763 GP x1 15min
              97761 GP XE x1 15min
            """,
            at="lines 1 and 2",
            says="97761 and 97763 on one day with 59 or an X modifier; by the edition of 2024-07-01 (unconfirmed for "
            "2024-06-30) no modifier separates them, and 97763 is denied",
        ),
        good("""
            visit 2024-08-01 medicare_b
              97150 GP x1 30min
              97110 GP 59 x1 15min
        """),
        exempt("""
            visit 2024-08-01 medicare_b
              97140 GP x1 15min
              97124 GP x1 15min
        """),
        exempt("""
            visit 2024-08-01 medicare_b
              97124 GP 59 x1 15min
            history 2024-08-01 medicare_b rendering_npi=1003000126
              97140 GP x1 15min
        """),
        unknown(
            """
            visit 2024-08-01 uhc_commercial
              97140 GP x1 15min
              97124 GP 59 x1 15min
            """,
            lacks="whether the payer applies",
        ),
    ),
)
