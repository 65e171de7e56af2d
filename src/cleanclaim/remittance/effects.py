"""What an amount that a payer did not pay becomes: contractual, the patient's, or still open.

Only two things leave a payer's open amount by themselves: what a contract or the law gives up (over the fee schedule,
sequestration, the multiple-procedure reduction), by a list of reasons, and what is the patient's responsibility.
Everything else is a denial or a reduction that somebody works; none of it is written off by its group code alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from cleanclaim.records.adjudication import Adjustment, AdjustmentGroup
from cleanclaim.reference import contractual_adjustments

ABOVE_CHARGE = "94"
"""The reason (CARC) by which more is paid than was charged: its amount is below zero."""

_REMEMBERED = 4096
"""Reasons whose effect is remembered: a payer uses a few, over and over."""


class Effect(StrEnum):
    """What an amount that a payer did not pay becomes."""

    CONTRACTUAL = "contractual"
    """Not collected from anybody: agreed with the payer."""
    PATIENT = "patient"
    """Owed by the patient, or by the next payer."""
    OPEN = "open"
    """Not accepted: it stays open to the payer, and is worked."""
    SETTLED = "settled"
    """Settled before, by an earlier payer or an earlier answer: nothing moves, and nothing is left to work."""


@dataclass(frozen=True, slots=True)
class LineAnswer:
    """What a payer said about one line: paid, and what each amount that it did not pay becomes, with its reason."""

    line: str
    paid_cents: int
    unpaid: tuple[tuple[Effect, int, str], ...] = ()

    @property
    def answered_cents(self) -> int:
        """What was paid and not paid together: the charge that the payer answered."""
        total = self.paid_cents
        for _kind, cents, _reason in self.unpaid:
            total += cents
        return total

    @property
    def moved_cents(self) -> int:
        """What it took out of the amount that was open to the payer."""
        return self.paid_cents + sum(
            cents for effect, cents, _reason in self.unpaid if effect in {Effect.CONTRACTUAL, Effect.PATIENT}
        )

    def sum_of(self, effect: Effect) -> int:
        """What of it has this effect, in cents."""
        return sum(cents for one, cents, _reason in self.unpaid if one is effect)

    def turned(self) -> LineAnswer:
        """The same with every sign turned: what takes it back."""
        return LineAnswer(
            self.line, -self.paid_cents, tuple((effect, -cents, reason) for effect, cents, reason in self.unpaid)
        )


def effect_of(adjustment: Adjustment, *, is_reversal: bool = False) -> Effect:
    """What an adjustment does to the line's open amount, by itself: `settling` holds it against what is open.

    What a payer pays above the charge by its contract is the contract's, and nobody's to be given back.
    """
    if adjustment.reason == ABOVE_CHARGE and adjustment.group is AdjustmentGroup.CONTRACTUAL:
        is_above = adjustment.amount_cents > 0 if is_reversal else adjustment.amount_cents < 0
        return Effect.CONTRACTUAL if is_above else Effect.OPEN
    return effect_of_reason(adjustment.group, adjustment.reason)


@lru_cache(maxsize=_REMEMBERED)
def effect_of_reason(group: AdjustmentGroup, reason: str) -> Effect:
    """What an amount of this group and reason (CARC) does, by itself."""
    if group is AdjustmentGroup.PATIENT:
        return Effect.PATIENT
    if group is AdjustmentGroup.OTHER and contractual_adjustments.repeats_an_earlier_payer(reason):
        return Effect.SETTLED
    is_given_up = contractual_adjustments.find(reason) is not None
    return Effect.CONTRACTUAL if group is AdjustmentGroup.CONTRACTUAL and is_given_up else Effect.OPEN
