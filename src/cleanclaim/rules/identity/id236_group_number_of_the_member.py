"""The group number of the policy is the member's own number.

The card shows two numbers, and one of them was entered twice. A payer that looks the group up finds none.

Not flagged: policies without a group number, as Medicare's are; numbers that only resemble each other.
Fix: none; the card has both.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="ID236",
    name="group-number-of-the-member",
    over="claims",
    severity=Severity.REJECT,
    applies=col.group_number != "",
    flag=col.group_number == col.member_id,
    message="the group number of the policy is the member's number",
    payers="payers with group policies",
    concept="group-number-is-member-number",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "Practice management help center",
            "Claim scrubbing errors",
            "list of errors: group number and member number are the same",
            read_on=date(2026, 11, 21),
            url="https://support.practiceadmin.com/portal/en/kb/articles/claim-scrubbing-errors",
            confidence=Confidence.SECONDARY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 aetna member_id=W123456789 group_number=40771
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 aetna member_id=W123456789 group_number=W123456789
              97110 GP x2 30min
            """,
            at="claim",
            says="the group number of the policy is the member's number",
        ),
        exempt("""
            visit 2026-03-04 medicare_b group_number=none
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 aetna member_id=? group_number=40771
              97110 GP x2 30min
            """,
            lacks="the member's number",
        ),
        unknown(
            """
            visit 2026-03-04 aetna member_id=W123456789 group_number=?
              97110 GP x2 30min
            """,
            lacks="group number of the policy",
        ),
    ),
)
