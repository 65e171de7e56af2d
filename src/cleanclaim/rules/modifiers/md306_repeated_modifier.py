"""A line carries the same modifier twice.

A modifier says what it says once. Twice on a line it takes one of four places, and some front ends turn the line away.

Not flagged: the same modifier on several lines.
Fix: keep it once; SAFE, because nothing is said less.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Fix, Rule, Safety, Severity, bad, good
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="MD306",
    name="repeated-modifier",
    over="lines",
    severity=Severity.REJECT,
    flag=col.modifiers.list.n_unique() < col.modifiers.list.len(),
    message="{code} carries {modifiers}; each modifier stands once on a line",
    concept="modifier-duplicate",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "Billing practice",
            "Habits of the trade; the issuer's text was not read",
            "a modifier stands once on a line",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
    ),
    fix=Fix(Safety.SAFE, title="Keep it once", field="modifiers", new=col.modifiers.list.unique(maintain_order=True)),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP KX x1
              97112 GP KX x1
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP GP x1
            """,
            at="line 1",
            says="97110 carries GP, GP; each modifier stands once on a line",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP 59 GP x1
              97150 GP x1
            """,
            at="line 1",
            says="97110 carries GP, 59, GP; each modifier stands once on a line",
        ),
    ),
)
