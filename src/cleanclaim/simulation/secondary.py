"""The claim to the next payer, where the first did not send it on itself."""

from __future__ import annotations

from datetime import date, timedelta

from cleanclaim.records import AdjudicatedLine, Adjudication, CoverageOrder, Frequency
from cleanclaim.records.remittance import RemittedClaim
from cleanclaim.simulation.traffic import Sent

_DAYS = 3
"""After so many days from the first payer's answer the claim to the next one is ready."""


def secondary_of(one: Sent, answer: RemittedClaim, on: date) -> Sent | None:
    """The claim to the next payer, with what the first has decided; `None` where that cannot be told line by line."""
    claim = one.claim
    behind = next((payer for payer in claim.other_payers if payer.order is CoverageOrder.SECONDARY), None)
    by_number = {line.control_number: line.number for line in claim.lines}
    if behind is None or len({line.control_number for line in answer.lines}) != len(answer.lines):
        return None
    if any(line.control_number not in by_number or line.paid_cents < 0 for line in answer.lines):
        return None
    decided = Adjudication(
        order=CoverageOrder.PRIMARY,
        adjudicated_on=on,
        paid_cents=max(answer.paid_cents, 0),
        claim_number=answer.payer_control_number,
        adjustments=answer.adjustments,
        lines=tuple(
            AdjudicatedLine(
                line=by_number[line.control_number], paid_cents=line.paid_cents, adjustments=line.adjustments
            )
            for line in answer.lines
        ),
    )
    update = {
        "id": f"{claim.id}S",
        "payer": behind,
        "other_payers": (claim.payer.model_copy(update={"adjudication": decided}),),
        "prior_authorization": "",
        "frequency": Frequency.ORIGINAL,
        "original_reference": "",
    }
    return Sent(
        claim.model_copy(update=update),
        one.key,
        one.head,
        on + timedelta(days=_DAYS),
        (),
        order=CoverageOrder.SECONDARY,
    )
