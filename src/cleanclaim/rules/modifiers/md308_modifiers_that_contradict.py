"""One line carries modifiers that contradict each other.

Some modifiers exclude one another: a denial expected with and without a notice, a service repeated by the same and by
another provider, more and less work than usual, two ways of telehealth. With both the line cannot be read and is denied.

Not flagged: contradictions that have findings of their own (MD104, MD208, MD301, MD302, MD311).
Fix: none is proposed; a person decides which one is true.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="MD308",
    name="modifiers-that-contradict",
    over="lines",
    severity=Severity.DENY,
    flag=col.modifiers_in_conflict.list.len() > 0,
    message="{code} carries {modifiers_in_conflict}, which contradict each other",
    concept="modifiers-contradict",
    dollars=col.allowed_cents,
    sources=(
        page(
            "Noridian Healthcare Solutions",
            "Advance beneficiary notice modifiers",
            "GA, GX, GY, GZ",
            read_on=date(2026, 11, 21),
            confidence=Confidence.SECONDARY,
        ),
        page(
            "Billing practice",
            "Habits of the trade; the issuer's text was not read",
            "modifiers that exclude each other",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP GA x1
        """),
        good("""
            visit 2026-03-04 medicare_b
              97037 GP GX GY x1
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP GA GZ x1
            """,
            at="line 1",
            says="97110 carries GA, GZ, which contradict each other",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b
              97110 GP 76 77 x1
            """,
            at="line 1",
            says="97110 carries 76, 77, which contradict each other",
        ),
    ),
)
