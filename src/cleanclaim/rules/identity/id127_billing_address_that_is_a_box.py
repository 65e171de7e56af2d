"""The clinic's billing address is a post office box or a lock box.

A claim file's billing address is the street where the clinic is; payers match it with the place they have on file,
and turn a claim with a box away. Payments can still go to the box, as the pay-to address.

Not flagged: a box as pay-to address; a street whose name holds the word.
Fix: none; the clinic's record needs its street, and the box as pay-to address.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, unknown
from cleanclaim.sources import page

_BOX = r"(?i)\b(p\.?\s*o\.?|post\s+office|lock)[\s-]*box\b|\bp\.?o\.?b\.?\s*#?\s*[0-9]|^\s*box\s+#?\s*[0-9]"

rule = Rule(
    code="ID127",
    name="billing-address-that-is-a-box",
    over="claims",
    severity=Severity.REJECT,
    flag=col.billing_street.str.contains(_BOX),
    message="the clinic's billing address is {billing_street}, payers take a street",
    concept="billing-address-box",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "Blue Cross and Blue Shield of Texas",
            "Electronic claims submission changes",
            "billing provider address: a claim with a box is rejected from 2012",
            read_on=date(2026, 11, 21),
            url="https://www.bcbstx.com/provider/standards/claims_submission.html",
        ),
        page(
            "X12",
            "Request for interpretation 1451",
            "box in the billing provider address",
            read_on=date(2026, 11, 21),
            url="https://x12.org/resources/requests-for-interpretation/rfi-1451-restriction-po-box-use",
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b
              set billing_street = 7 Boxwood Lane Suite 2
              97110 GP x2 30min
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              set billing_street = PO Box 555
              97110 GP x2 30min
            """,
            at="claim",
            says="the clinic's billing address is PO Box 555, payers take a street",
        ),
        bad(
            """
            visit 2026-03-04 aetna
              set billing_street = 40 Millrace Way P.O. Box 12
              97110 GP x2 30min
            """,
            at="claim",
            says="the clinic's billing address is 40 Millrace Way P.O. Box 12, payers take a street",
        ),
        bad(
            """
            visit 2026-03-04 medicare_b
              set billing_street = Lockbox 9
              97110 GP x2 30min
            """,
            at="claim",
            says="the clinic's billing address is Lockbox 9, payers take a street",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b billing_street=?
              97110 GP x2 30min
            """,
            lacks="street lines",
        ),
    ),
)
