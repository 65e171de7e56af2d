"""What is payable of an allowed amount, and who pays it: the payer, the patient, the deductible."""

from __future__ import annotations

import numpy as np
import polars as pl

from cleanclaim.money import RATE_SCALE
from cleanclaim.pricing.deductible import deductible_of
from cleanclaim.pricing.exact import (
    Flags,
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


def shares_of(work: Worksheet, allowed: Known, *, limit: bool) -> list[pl.Series]:
    """Split what is payable between payer and patient."""
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
    may_be = (medicare | work.of_claims(absent(kind))) & (primary | work.of_claims(absent(order)))
    least, most = deductible_of(work, payable, part_b, may_be)
    coinsurance = work.schedule.steps["coinsurance"].on(work.days).take(work.claim)
    assistant, kept = _left_for_assistant(work), _left_by_sequestration(work)
    rates_known = coinsurance.known & assistant.known & kept.known
    paying = RATE_SCALE - coinsurance.values
    mark(part_b & ~rates_known, ShareStatus.RATE_UNKNOWN)
    bounded = part_b & payable.known & rates_known
    mark(least != most, ShareStatus.DEDUCTIBLE_UNKNOWN)
    found = status == 0

    payer = np.where(part_b, share_of(payable.values - most, paying), 0)
    at_least = np.where(part_b, share_of(payable.values - most, paying, assistant.values, kept.values), 0)
    at_most = np.where(part_b, share_of(payable.values - least, paying, assistant.values, kept.values), 0)
    bounded |= found
    return [
        as_column("payable_cents", payable.values, payable.known),
        as_texts("share_status", status, _SHARE_STATUSES),
        as_column("deductible_cents", most, found),
        as_column("payer_share_cents", payer, found),
        as_column("patient_share_cents", payable.values - payer, found),
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
