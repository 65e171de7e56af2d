"""CO stands on a line without GO.

CO says that an occupational therapy assistant furnished the service, so the line must be under an occupational
therapy plan of care. The claim is returned when the two do not stand together.

Not flagged: CQ, which goes with GP (MD206).
Fix: the pair of the visit's discipline, GO with CO or GP with CQ; ATTEST, because the discipline, too, may be wrong.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import (
    Fix,
    Rule,
    Safety,
    Severity,
    bad,
    exempt,
    good,
    has_modifier,
    lacks_modifier,
    with_claim_pair,
)
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="MD207",
    name="assistant-modifier-without-go",
    over="lines",
    severity=Severity.REJECT,
    applies=has_modifier("CO"),
    flag=lacks_modifier("GO"),
    message="{code} carries {modifiers}; CO goes with GO",
    concept="assistant-modifier-unpaired",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "CMS",
            "Pub 100-04 ch. 5 §20.1, as quoted by trade pages",
            "CQ goes with GP, CO with GO",
            read_on=date(2026, 11, 21),
            confidence=Confidence.SECONDARY,
        ),
    ),
    fix=Fix(
        Safety.ATTEST,
        title="Put the pair of the visit's discipline on the line: GP with CQ, GO with CO",
        where=col.assistant_modifier.is_not_null(),
        field="modifiers",
        new=with_claim_pair(),
        may_reveal=("MD307",),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b discipline=OT
              97530 GO CO x1 15min
              did 97530 15min by=OTA
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97530 GP CO x1 15min
              did 97530 15min by=PTA
            """,
            at="line 1",
            says="97530 carries GP, CO; CO goes with GO",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b discipline=OT
              97530 CO x1 15min
              did 97530 15min by=OTA
            """,
            at="line 1",
            says="97530 carries CO; CO goes with GO",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              97530 GP x1 15min
        """),
    ),
)
