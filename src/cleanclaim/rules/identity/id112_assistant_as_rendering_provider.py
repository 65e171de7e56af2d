"""An assistant is named as the rendering provider.

Assistants do not enroll and cannot bill. Their service is billed under the supervising therapist, with CQ or CO where
it is due.

Not flagged: the supervising therapist on a visit that an assistant gave.
Fix: none; name the therapist who supervised.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, one_of, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="ID112",
    name="assistant-as-rendering-provider",
    over="claims",
    severity=Severity.DENY,
    applies=col.payer_kind != "cash",
    flag=one_of(col.rendering_credential, ["PTA", "OTA"]),
    message="rendered by {rendering_credential}, payers take the supervising therapist",
    concept="assistant-as-rendering",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "Health Net Federal Services",
            "Therapy assistants",
            "billed under the NPI of the therapist",
            read_on=date(2026, 11, 21),
            confidence=Confidence.SECONDARY,
        ),
        page(
            "Billing practice",
            "Stated widely in the trade; the payer's own text was not read",
            "assistants cannot enroll in Medicare",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              97110 GP CQ x2 30min pta=30
        """),
        bad(
            """
            visit 2026-03-04 medicare_b rendering_credential=PTA
              97110 GP x2 30min
            """,
            at="claim",
            says="rendered by PTA, payers take the supervising therapist",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b rendering_credential=OTA
              97110 GP x2 30min
            """,
            at="claim",
            says="rendered by OTA, payers take the supervising therapist",
        ),
        exempt("""
            visit 2026-03-04 cash rendering_credential=PTA
              97110 x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b rendering_credential=?
              97110 GP x2 30min
            """,
            lacks="PT, PTA, OT",
        ),
    ),
)
