"""A line carries a modifier that is not on the published list.

A modifier nobody knows is turned away at the door. It is mostly a slip of the finger, such as PG for GP.

Not flagged: listed modifiers, however odd beside therapy.
Fix: none is proposed; the modifier has to be read again. The list read is of June 2024, so a newer one may be missing.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good
from cleanclaim.sources import page

rule = Rule(
    code="MD305",
    name="unlisted-modifier",
    over="lines",
    severity=Severity.REJECT,
    flag=col.modifiers_not_listed.list.len() > 0,
    message="{code} carries {modifiers_not_listed}, which the published list does not have",
    concept="modifier-unknown",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "CMS and American Medical Association",
            "Modifier lists, gathered in the northstar data set",
            "codes of the list of June 2024",
            read_on=date(2026, 11, 21),
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP KX x1
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 PG x1
            """,
            at="line 1",
            says="97110 carries PG, which the published list does not have",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP x1
              97112 GP ZZ Z9 x1
            """,
            at="line 2",
            says="97112 carries Z9, ZZ, which the published list does not have",
        ),
    ),
)
