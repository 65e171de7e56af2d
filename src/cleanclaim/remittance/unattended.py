"""Whether a payment can be posted with nobody looking: every claim matched and balanced, and nothing to decide."""

from __future__ import annotations

from cleanclaim.remittance.effects import Effect
from cleanclaim.remittance.plan import Plan, Posted


def needs_person(plan: Plan) -> str:
    """Why a person is to look at a payment before it is posted, in words; empty where nobody needs to.

    What is held has no place yet. A provider's adjustment (other than interest) and money taken back want a decision
    about the next step; a payer that nobody had been told of, or that a claim was sent on to, is a coverage that is not
    on file: the patient would be asked for what it may pay.
    """
    if plan.suspended:
        first = plan.suspended[0]
        return first.reason if first.reason.startswith("segment ") else f"segment {first.segment}: {first.reason}"
    if plan.adjustments:
        first_taken = plan.adjustments[0]
        return f"segment {first_taken.segment}: a provider-level adjustment (PLB {first_taken.reason})"
    for posted in plan.posted:
        if posted.answer.is_reversal:
            return f"segment {posted.answer.segment}: an earlier answer is taken back"
        if posted.answer.is_forwarded and posted.next_payer is None and _is_left_to_patient(posted):
            return f"segment {posted.answer.segment}: the payer sent the claim on to a plan that is not on file"
        if not posted.is_expected:
            return f"segment {posted.answer.segment}: the payer is none of the patient's that are on file"
    if plan.remittance.amount_cents < 0:
        return f"segment {plan.remittance.segment}: the payment is below zero"
    return ""


def _is_left_to_patient(posted: Posted) -> bool:
    return any(line.sum_of(Effect.PATIENT) > 0 for line in posted.lines)
