"""One line carries 59 and an X modifier.

XE, XP, XS and XU say more exactly what 59 says in general, and are used in its place. Both together contradict the
instruction and invite a review.

Not flagged: 59 on one line and an X modifier on another.
Fix: take 59 off; ATTEST, because the X modifier states how the services were separate.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Fix, Rule, Safety, Severity, bad, exempt, good, has_modifier, without_modifier
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="MD301",
    name="two-modifiers-for-separate-services",
    over="lines",
    severity=Severity.DENY,
    applies=has_modifier("59"),
    flag=has_modifier("XE", "XP", "XS", "XU"),
    message="{code} carries {modifiers}; 59 and an X modifier say the same, and one of them is enough",
    concept="modifier-59-with-x",
    dollars=col.allowed_cents,
    sources=(
        page(
            "CMS",
            "MLN1783722, proper use of modifiers 59 and X",
            "the X modifiers are used instead of 59",
            read_on=date(2026, 11, 21),
            confidence=Confidence.SECONDARY,
        ),
    ),
    fix=Fix(Safety.ATTEST, title="Keep the X modifier", field="modifiers", new=without_modifier("59")),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97530 GP 59 x1
              97150 GP x1
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97530 GP 59 XE x1
              97150 GP x1
            """,
            at="line 1",
            says="97530 carries GP, 59, XE; 59 and an X modifier say the same, and one of them is enough",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              97530 GP XE x1
              97150 GP x1
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97530 GP 59 XP x1
              97150 GP x1
            """,
            at="line 1",
            says="97530 carries GP, 59, XP; 59 and an X modifier say the same, and one of them is enough",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b
              97530 GP 59 XS x1
              97150 GP x1
            """,
            at="line 1",
            says="97530 carries GP, 59, XS; 59 and an X modifier say the same, and one of them is enough",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b
              97530 GP 59 XU x1
              97150 GP x1
            """,
            at="line 1",
            says="97530 carries GP, 59, XU; 59 and an X modifier say the same, and one of them is enough",
        ),
    ),
)
