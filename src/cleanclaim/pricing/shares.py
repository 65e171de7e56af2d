"""What is payable of an allowed amount, and who pays it: the payer, the patient, the deductible."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from cleanclaim.money import RATE_SCALE
from cleanclaim.pricing.exact import (
    Flags,
    Integers,
    Known,
    absent,
    as_column,
    as_texts,
    flags,
    integers,
    is_one_of,
    share_of,
)
from cleanclaim.pricing.statuses import ShareStatus
from cleanclaim.pricing.worksheet import Worksheet

_SHARE_STATUSES = tuple(str(status) for status in ShareStatus)


@dataclass(frozen=True, slots=True)
class Payable:
    """What is payable of each line, and the terms by which it is shared; nothing of it asks for the deductible."""

    cents: Known
    """The lesser of the charge and the allowed amount."""
    status: npt.NDArray[np.int8]
    """Why the shares are not known, as a place in the statuses; 0 where they are."""
    part_b: Flags
    """Lines of which Medicare Part B pays first, and so takes its deductible."""
    may_be_part_b: Flags
    paying: Integers
    """The payer's part of what is left after the deductible, at 10⁻⁴."""
    assistant: Integers
    """What is left of that for a line with CQ or CO, at 10⁻⁴."""
    kept: Integers
    """What sequestration leaves of the payment, at 10⁻⁴."""
    rates_known: Flags

    def take(self, rows: Integers) -> Payable:
        """The same at these rows."""
        return Payable(
            cents=self.cents.take(rows),
            status=self.status[rows],
            part_b=self.part_b[rows],
            may_be_part_b=self.may_be_part_b[rows],
            paying=self.paying[rows],
            assistant=self.assistant[rows],
            kept=self.kept[rows],
            rates_known=self.rates_known[rows],
        )


def payable_of(work: Worksheet, allowed: Known, *, limit: bool) -> Payable:
    """Limit what is allowed to what is charged, and read the terms of the plan."""
    status = np.zeros(len(work.lines), np.int8)

    def mark(where: Flags, reason: ShareStatus) -> None:
        status[where & (status == 0)] = _SHARE_STATUSES.index(reason)

    charge = work.charge
    payable_known = allowed.known & (charge.known | limit | (allowed.values == 0))
    capped = np.where(charge.known, np.minimum(allowed.values, charge.values), allowed.values)
    payable = Known(np.where(payable_known, capped, 0), payable_known)
    mark(~allowed.known, ShareStatus.NO_PRICE)
    mark(~payable.known, ShareStatus.CHARGE_UNKNOWN)

    kind, order = work.claims["payer_kind"], work.claims["coverage_order"]
    medicare, cash = work.of_claims(is_one_of(kind, ("medicare_b",))), work.of_claims(is_one_of(kind, ("cash",)))
    primary = work.of_claims(is_one_of(order, ("primary",)))
    mark(~medicare & ~cash, ShareStatus.PLAN_TERMS_UNKNOWN)
    mark(medicare & ~primary, ShareStatus.ANOTHER_PAYER_FIRST)

    part_b = medicare & primary
    coinsurance = work.schedule.steps["coinsurance"].on(work.days).take(work.claim)
    assistant, kept = _left_for_assistant(work), _left_by_sequestration(work)
    rates_known = coinsurance.known & assistant.known & kept.known
    mark(part_b & ~rates_known, ShareStatus.RATE_UNKNOWN)
    return Payable(
        cents=payable,
        status=status,
        part_b=part_b,
        may_be_part_b=(medicare | work.of_claims(absent(kind))) & (primary | work.of_claims(absent(order))),
        paying=RATE_SCALE - coinsurance.values,
        assistant=assistant.values,
        kept=kept.values,
        rates_known=rates_known,
    )


def shares_of(payable: Payable, least: Integers, most: Integers) -> list[pl.Series]:
    """Split what is payable between payer and patient, where the deductible takes at least and at most so much."""
    cents, part_b = payable.cents, payable.part_b
    bounded = part_b & cents.known & payable.rates_known
    status = payable.status.copy()
    status[(least != most) & (status == 0)] = _SHARE_STATUSES.index(ShareStatus.DEDUCTIBLE_UNKNOWN)
    found = status == 0
    rates = (payable.paying, payable.assistant, payable.kept)
    payer = np.where(part_b, share_of(cents.values - most, payable.paying), 0)
    at_least = np.where(part_b, share_of(cents.values - most, *rates), 0)
    at_most = np.where(part_b, share_of(cents.values - least, *rates), 0)
    bounded |= found
    return [
        as_column("payable_cents", cents.values, cents.known),
        as_texts("share_status", status, _SHARE_STATUSES),
        as_column("deductible_cents", most, found),
        as_column("payer_share_cents", payer, found),
        as_column("patient_share_cents", cents.values - payer, found),
        as_column("expected_payment_cents", at_least, found),
        as_column("expected_payment_at_least_cents", at_least, bounded),
        as_column("expected_payment_at_most_cents", at_most, bounded),
    ]


def _left_for_assistant(work: Worksheet) -> Known:
    """What is left of the payer's share for a line with CQ or CO, at 10⁻⁴; all of it for other lines."""
    by_assistant = work.modifiers.have_any(("CQ", "CO"))
    cut = integers(work.claims["payer_assistant_payment_reduction"]).take(work.claim)
    return Known(np.where(by_assistant.yes, RATE_SCALE - cut.values, RATE_SCALE), by_assistant.no | cut.known)


def _left_by_sequestration(work: Worksheet) -> Known:
    """What sequestration leaves of the payment, at 10⁻⁴."""
    applies = flags(work.claims["payer_sequestration_applies"])
    rate = work.schedule.steps["sequestration"].on(work.days)
    left = np.where(applies.yes, RATE_SCALE - rate.values, RATE_SCALE)
    return Known(left, applies.no | (applies.yes & rate.known)).take(work.claim)
