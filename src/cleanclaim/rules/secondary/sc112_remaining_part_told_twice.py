"""What an earlier payer left to the patient stands both for the claim and for a line of it.

The amount left is told where the answer is told: for the lines where the payer decided by line, else for the claim.
Told in both places the next payer counts it twice, and its front end turns the claim away.

Not flagged: claims that tell of it in one of the two places, or nowhere.
Fix: none here; a claim written anew from the remittance tells it once.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, exempt, good, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="SC112",
    name="remaining-part-told-twice",
    over="claims",
    severity=Severity.REJECT,
    applies=col.prior_payers > 0,
    flag=col.prior_remaining_repeated > 0,
    message="earlier payers whose amount left to the patient stands for the claim and for a line as well: "
    "{prior_remaining_repeated} of {prior_payers}",
    payers="payers billed after another",
    concept="secondary-remaining-repeated",
    dollars=col.claim_allowed_cents,
    sources=(
        page(
            "Stedi",
            "Changelog",
            "claim edit on the remaining patient liability of other payers, of claim and lines",
            read_on=date(2026, 11, 21),
            url="https://www.stedi.com/changelog",
            confidence=Confidence.SECONDARY,
        ),
        page(
            "X12",
            "837P 005010X222A1",
            "remaining patient liability of the claim (2320) or of the line (2430)",
            read_on=date(2026, 11, 21),
            confidence=Confidence.MEMORY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 medicare_b coverage_order=secondary prior_payers=1 prior_paid_cents=10000 medicare_secondary_type=12
              97110 GP x2 30min $240.00 prior_answers=1 line_prior_paid_cents=10000 line_prior_adjusted_cents=14000 prior_adjustments=2 prior_adjudicated_on=2026-03-20
        """),
        bad(
            """
            visit 2026-03-04 medicare_b coverage_order=secondary prior_payers=1 prior_paid_cents=10000 medicare_secondary_type=12 prior_remaining_repeated=1
              97110 GP x2 30min $240.00 prior_answers=1 line_prior_paid_cents=10000 line_prior_adjusted_cents=14000 prior_adjustments=2 prior_adjudicated_on=2026-03-20
            """,
            at="claim",
            says="earlier payers whose amount left to the patient stands for the claim and for a line as well: 1 of 1",
        ),
        exempt("""
            visit 2026-03-04 medicare_b
              97110 GP x2 30min
        """),
        unknown(
            """
            visit 2026-03-04 medicare_b coverage_order=secondary prior_payers=1 prior_paid_cents=10000 medicare_secondary_type=12 prior_remaining_repeated=?
              97110 GP x2 30min $240.00 prior_answers=1 line_prior_paid_cents=10000 line_prior_adjusted_cents=14000 prior_adjustments=2 prior_adjudicated_on=2026-03-20
            """,
            lacks="stands both for the claim and for a line",
        ),
        unknown(
            """
            visit 2026-03-04 medicare_b coverage_order=secondary prior_payers=?
              97110 GP x2 30min $240.00
            """,
            lacks="payers before this one",
        ),
    ),
)
