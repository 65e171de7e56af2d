"""The patient is insured through somebody whom the claim does not name.

The policy of a spouse or parent is found by its holder's name. Without it the claim cannot be written, and the payer
finds no member.

Not flagged: patients who hold the policy themselves.
Fix: none; the card has the name.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="ID208",
    name="subscriber-absent",
    over="claims",
    severity=Severity.REJECT,
    applies=col.relationship != "self",
    flag=col.subscriber_family_name == "",
    message="the patient is insured as {relationship}, and who holds the policy is not named",
    concept="subscriber-missing",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "X12",
            "837P 005010X222A1",
            "subscriber: last name required; read in the map of pyx12 4.0.0",
            read_on=date(2026, 11, 21),
        ),
        page(
            "Practice management help center",
            "Rejections: examples",
            "policy holder relationship: if not self, the holder's name is needed",
            read_on=date(2026, 11, 21),
            url="https://support.pmhelpcenter.com/portal/en/kb/articles/rejection-invalid-subscriber-id-format-for",
            confidence=Confidence.SECONDARY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 aetna relationship=child subscriber_family_name=Rowan
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 aetna relationship=spouse
              97110 GP x2 30min
            """,
            at="claim",
            says="the patient is insured as spouse, and who holds the policy is not named",
        ),
        exempt("""
            visit 2026-03-04 aetna relationship=self
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 aetna relationship=spouse subscriber_family_name=?
              97110 GP x2 30min
            """,
            lacks="family name of the subscriber",
        ),
        unknown(
            """
            visit 2026-03-04 aetna relationship=?
              97110 GP x2 30min
            """,
            lacks="patient is to the subscriber",
        ),
    ),
)
