"""What an amount that a payer did not pay becomes: contractual, the patient's, or still open.

Only two things leave a payer's open amount by themselves: what a contract or the law gives up (over the fee schedule,
sequestration, the multiple-procedure reduction), by a list of reasons, and what is the patient's responsibility.
Everything else is a denial or a reduction that somebody works; none of it is written off by its group code alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from cleanclaim.records.adjudication import Adjustment, AdjustmentGroup
from cleanclaim.reference import contractual_adjustments


class Effect(StrEnum):
    """What an amount that a payer did not pay becomes."""

    CONTRACTUAL = "contractual"
    """Not collected from anybody: agreed with the payer."""
    PATIENT = "patient"
    """Owed by the patient, or by the next payer."""
    OPEN = "open"
    """Not accepted: it stays open to the payer, and is worked."""


@dataclass(frozen=True, slots=True)
class LineAnswer:
    """What a payer said about one line: paid, and what each amount that it did not pay becomes, with its reason."""

    line: str
    paid_cents: int
    unpaid: tuple[tuple[Effect, int, str], ...] = ()


def effect_of(adjustment: Adjustment) -> Effect:
    """What an adjustment does to the line's open amount."""
    if adjustment.group is AdjustmentGroup.PATIENT:
        return Effect.PATIENT
    is_given_up = contractual_adjustments.find(adjustment.reason) is not None
    return Effect.CONTRACTUAL if adjustment.group is AdjustmentGroup.CONTRACTUAL and is_given_up else Effect.OPEN
