"""CQ stands on a line without GP.

CQ says that a physical therapist assistant furnished the service, so the line must be under a physical therapy plan
of care. The claim is returned when the two do not stand together.

Not flagged: CO, which goes with GO (MD207).
Fix: the pair of the visit's discipline, GP with CQ or GO with CO; ATTEST, because the discipline, too, may be wrong.
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
    code="MD206",
    name="assistant-modifier-without-gp",
    over="lines",
    severity=Severity.REJECT,
    applies=has_modifier("CQ"),
    flag=lacks_modifier("GP"),
    message="{code} carries {modifiers}; CQ goes with GP",
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
            visit 2026-03-04 medicare_b
              97110 GP CQ x1 15min
              did 97110 15min by=PTA
        """),
        good("""
            visit 2026-03-04 medicare_b
              97110 CQ GP x1 15min
              did 97110 15min by=PTA
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 CQ x1 15min
              did 97110 15min by=PTA
            """,
            at="line 1",
            says="97110 carries CQ; CQ goes with GP",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b discipline=OT
              97530 GO CQ x1 15min
              did 97530 15min by=OTA
            """,
            at="line 1",
            says="97530 carries GO, CQ; CQ goes with GP",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
        """),
    ),
)
