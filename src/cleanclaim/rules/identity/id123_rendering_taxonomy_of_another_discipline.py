"""The therapist's taxonomy belongs to another discipline than the visit.

A physical therapy visit under an occupational therapist's code contradicts its own therapy modifiers.

Not flagged: codes of no single discipline.
Fix: none; the enrollment tells the therapist's code.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import page

rule = Rule(
    code="ID123",
    name="rendering-taxonomy-of-another-discipline",
    over="claims",
    severity=Severity.DENY,
    applies=col.rendering_taxonomy_role == "therapist",
    flag=col.rendering_taxonomy_discipline != col.discipline,
    message="taxonomy {rendering_taxonomy} belongs to {rendering_taxonomy_discipline}, the visit is {discipline}",
    concept="taxonomy-other-discipline",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "National Uniform Claim Committee",
            "Health care provider taxonomy code set",
            "version 25.1",
            read_on=date(2026, 11, 21),
            url="https://taxonomy.nucc.org",
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b rendering_taxonomy=2251X0800X
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b rendering_taxonomy=225X00000X
              97110 GP x2 30min
            """,
            at="claim",
            says="taxonomy 225X00000X belongs to OT, the visit is PT",
        ),
        exempt("""
            visit 2026-03-04 medicare_b rendering_taxonomy=225700000X
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b discipline=?
              97110 GP x2 30min
            """,
            lacks="discipline: PT, OT or SLP",
        ),
    ),
)
