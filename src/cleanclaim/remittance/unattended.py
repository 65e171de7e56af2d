"""Whether a payment can be posted with nobody looking: every claim matched and balanced, and nothing to decide."""

from __future__ import annotations

from cleanclaim.money import dollars
from cleanclaim.remittance.effects import ABOVE_CHARGE
from cleanclaim.remittance.plan import Plan, Posted


def needs_person(plan: Plan) -> str:
    """Why a person is to look at a payment before it is posted, in words; empty where nobody needs to.

    What is held has no place yet. A provider's adjustment (other than interest) and money taken back want a decision
    about the next step; a payer that nobody had been told of, or that a claim was sent on to, is a coverage that is not
    on file: the patient would be asked for what it may pay. What the patient is said to have paid is compared with the
    receipts, and what is paid above the charge with the contract.
    """
    if plan.suspended:
        first = plan.suspended[0]
        return first.reason if first.reason.startswith("segment ") else f"segment {first.segment}: {first.reason}"
    if plan.adjustments:
        first_taken = plan.adjustments[0]
        return f"segment {first_taken.segment}: a provider-level adjustment (PLB {first_taken.reason})"
    for posted in plan.posted:
        if why := _looked_at_because(posted):
            return f"segment {posted.answer.segment}: {why}"
    if plan.remittance.amount_cents < 0:
        return f"segment {plan.remittance.segment}: the payment is below zero"
    return ""


def _looked_at_because(posted: Posted) -> str:
    """Why a person is to look at one answer; empty where nobody needs to."""
    answer = posted.answer
    if answer.is_reversal:
        return "an earlier answer is taken back"
    if posted.goes_to_an_unknown_plan:
        return "the payer sent the claim on to a plan that is not on file"
    if not posted.is_expected:
        return "the payer is none of the patient's that are on file"
    if answer.patient_paid_cents:
        return f"the payer says that the patient paid {dollars(answer.patient_paid_cents)}"
    if any(item.reason == ABOVE_CHARGE for line in answer.lines for item in line.adjustments):
        return f"more is paid than was charged (reason {ABOVE_CHARGE})"
    return ""
