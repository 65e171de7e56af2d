"""CQ stands on a line without GP.

CQ says that a physical therapist assistant furnished the service, so the line must be under a physical therapy plan
of care. The claim is returned when the two do not stand together.

Not flagged: CO, which goes with GO (MD207).
Fix: add GP; ATTEST, because CQ may be what is wrong.
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
    with_modifier,
)
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="MD206",
    name="assistant-modifier-without-gp",
    over="lines",
    severity=Severity.REJECT,
    applies=has_modifier("CQ"),
    flag=lacks_modifier("GP"),
    message="{code} carries {modifiers}, CQ goes with GP",
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
        title="Add GP",
        field="modifiers",
        new=with_modifier("GP", first=True),
        may_reveal=("MD104", "MD105", "MD307"),
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
            says="97110 carries CQ, CQ goes with GP",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x1 15min
        """),
    ),
)
