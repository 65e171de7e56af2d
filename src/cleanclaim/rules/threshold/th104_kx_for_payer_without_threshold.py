"""A line carries KX for a payer that has no therapy threshold.

KX speaks of Medicare's yearly threshold. Other payers ignore it, or take it for a modifier that does not fit and
turn the line away.

Not flagged: a payer of which nobody has read whether it applies the threshold.
Fix: take KX off the line; ATTEST, because a contract may ask for it.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Fix, Rule, Safety, Severity, bad, exempt, good, has_modifier, unknown, without_modifier
from cleanclaim.sources import statute

rule = Rule(
    code="TH104",
    name="kx-for-payer-without-threshold",
    over="lines",
    severity=Severity.ADVICE,
    coding_terms=True,
    applies=col.payer_therapy_threshold_applies.not_(),
    flag=has_modifier("KX"),
    message="KX on {code}, the payer has no therapy threshold",
    payers="payers known to have no threshold",
    concept="kx-not-needed",
    sources=(statute("42 USC 1395l", "(g): the threshold is Medicare's", read_on=date(2026, 11, 21)),),
    fix=Fix(
        Safety.ATTEST,
        title="Take KX off the line",
        field="modifiers",
        new=without_modifier("KX"),
    ),
    examples=(
        good("""
            visit 2026-03-04 uhc_commercial
              97110 GP x1
        """),
        bad(
            """
            visit 2026-03-04 uhc_commercial
              97110 GP KX x1
            """,
            at="line 1",
            says="KX on 97110, the payer has no therapy threshold",
        ),
        unknown(
            """
            visit 2026-03-04 humana_medicare_advantage
              97110 GP KX x1
            """,
            lacks="payer's file",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP KX x1
        """),
    ),
)
