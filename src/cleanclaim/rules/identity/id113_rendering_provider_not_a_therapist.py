"""The rendering provider is an aide, a student, an athletic trainer, or of another trade that furnishes no therapy.

Medicare pays skilled therapy of a therapist, or of an assistant under one. What an aide, a student, a trainer or a
massage therapist gives is not covered, whoever signs. A claim file says it by the taxonomy code alone; there, a line
with a therapy modifier is what says that therapy is billed.

Not flagged: assistants (ID112); physicians and practitioners, who may furnish therapy themselves; a therapist under
the taxonomy code of another trade (ID121).
Fix: none; if a therapist gave the service, name the therapist.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, one_of, unknown
from cleanclaim.sources import Confidence, manual

rule = Rule(
    code="ID113",
    name="rendering-provider-not-a-therapist",
    over="claims",
    severity=Severity.DENY,
    payers="Medicare Part B",
    applies=col.payer_kind == "medicare_b",
    flag=one_of(col.rendering_credential, ["aide", "student", "ATC"]) | col.is_billed_by_another_trade,
    message="rendered by {rendered_by}, Medicare pays a therapist",
    concept="rendering-not-a-therapist",
    dollars=col.claim_allowed_cents,
    sources=(
        manual(
            "100-02",
            "ch. 15 §230: qualified professionals",
            read_on=date(2026, 11, 21),
            confidence=Confidence.SECONDARY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b rendering_credential=ATC
              97110 GP x2 30min
            """,
            at="claim",
            says="rendered by ATC, Medicare pays a therapist",
        ),
        exempt("""
            visit 2026-03-04 cash rendering_credential=ATC
              97110 x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b rendering_credential=?
              97110 GP x2 30min
            """,
            lacks="PT, PTA, OT",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b rendering_credential=? rendering_taxonomy=2255A2300X
              97110 GP x2 30min
            """,
            at="claim",
            says="rendered by taxonomy 2255A2300X, Medicare pays a therapist",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b rendering_credential=? rendering_taxonomy=2255A2300X
              97110 x2 30min
            """,
            lacks="PT, PTA, OT",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b rendering_credential=? rendering_taxonomy=207Q00000X
              97110 GP x2 30min
            """,
            lacks="PT, PTA, OT",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b rendering_credential=aide
              97110 GP x2 30min
            """,
            at="claim",
            says="rendered by aide, Medicare pays a therapist",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b rendering_credential=student
              97110 GP x2 30min
            """,
            at="claim",
            says="rendered by student, Medicare pays a therapist",
        ),
    ),
)
