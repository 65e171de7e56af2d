"""A therapy evaluation carries 25.

25 separates a physician's visit from a procedure of the same day. A therapist's evaluation is not such a visit, and
the modifier says nothing on it; where an edit stands between an evaluation and another code, 59 or an X modifier is meant.

Not flagged: other codes (MD404 tells of other modifiers of physicians).
Fix: take 25 off; ATTEST, because another modifier may be meant.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Fix, Rule, Safety, Severity, bad, exempt, good, has_modifier, unknown, without_modifier
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="MD401",
    name="visit-modifier-on-evaluation",
    over="lines",
    severity=Severity.ADVICE,
    applies=col.is_evaluation | col.is_reevaluation,
    flag=has_modifier("25"),
    message="{code} carries {modifiers}; 25 belongs on physicians' visits",
    concept="modifier-25-on-evaluation",
    sources=(
        page(
            "Billing practice",
            "Habits of the trade; the issuer's text was not read",
            "25 is for evaluation and management codes",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
    ),
    fix=Fix(Safety.ATTEST, title="Take 25 off", field="modifiers", new=without_modifier("25")),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97161 GP x1
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97161 GP 25 x1
            """,
            at="line 1",
            says="97161 carries GP, 25; 25 belongs on physicians' visits",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b
              97161 code=? GP 25 x1
            """,
            lacks="procedure code",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x1
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97164 GP 25 x1
            """,
            at="line 1",
            says="97164 carries GP, 25; 25 belongs on physicians' visits",
        ),
    ),
)
