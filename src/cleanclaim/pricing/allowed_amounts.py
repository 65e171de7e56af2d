"""The allowed amount of each line: its units, whole and cut, an amount of the day, a cap on the day."""

from __future__ import annotations

import numpy as np

from cleanclaim.pricing.claim_groups import group_numbers
from cleanclaim.pricing.exact import Flags, Integers, Known, integers
from cleanclaim.pricing.reduction import Reduction
from cleanclaim.pricing.statuses import PriceStatus
from cleanclaim.pricing.unit_fees import Fees, priced_units
from cleanclaim.pricing.worksheet import Worksheet


def allowed_amounts(work: Worksheet, fee: Fees, reduction: Reduction) -> Known:
    """What the payer allows for each line."""
    settled = work.status == 0
    units = np.where(settled, work.units.values, 0)
    full = np.where(settled, reduction.full_units.values, 0)
    full = np.where(reduction.some_cut, full, units)
    amount = priced_units(fee.percent, (fee.whole, full), (fee.cut, units - full))
    amount = np.where(work.basis_is("charges"), fee.line.values, amount)
    daily = work.basis_is("per_diem")
    known = settled & fee.line.known
    amount = np.where(known, amount, 0)
    if daily.any():
        amount, known = _per_diem(work, daily, amount, known)
    cap = integers(work.claims["payer_price_basis_cap"]).take(work.claim)
    if cap.known.any():
        keys = ("patient_id", "date_of_service", "payer", "coverage_order", "billing_npi")
        capped = spread(group_numbers(work.claims, keys)[work.claim], cap, Known(amount, known))
        work.mark(cap.known & ~capped.known & known, PriceStatus.CAP_UNKNOWN)
        amount, known = np.where(cap.known, capped.values, amount), known & (~cap.known | capped.known)
    nothing = work.paid_nothing()
    return Known(np.where(nothing | ~known, 0, amount), known | nothing)


def _per_diem(work: Worksheet, daily: Flags, amount: Integers, known: Flags) -> tuple[Integers, Flags]:
    """An amount by day and discipline: lines take up to their charge of it, in order, until it is used up.

    A line without a charge takes all that is left.
    """
    day = integers(work.claims["payer_price_basis_amount"]).take(work.claim)
    work.mark(daily & ~day.known, PriceStatus.PAYER_PRICE_UNKNOWN)
    keys = ("patient_id", "date_of_service", "payer", "coverage_order", "billing_npi", "discipline")
    groups = group_numbers(work.claims, keys)[work.claim]
    charge = work.charge
    asked = Known(np.where(charge.known, charge.values, day.values), work.status == 0)
    taken = spread(groups, day, asked)
    work.mark(daily & ~taken.known, PriceStatus.CAP_UNKNOWN)
    return np.where(daily, taken.values, amount), np.where(daily, taken.known & (work.status == 0), known)


def spread(groups: Integers, limit: Known, asked: Known) -> Known:
    """Give each line what it asks for until the limit of its group is used up.

    A line that asks for an unknown amount leaves those after it unknown, unless the known ones before them have
    used the limit up. Lines of an unknown group get nothing known.
    """
    taking = np.where(asked.known, asked.values, 0)
    order = np.argsort(groups, kind="stable")
    sorted_groups = groups[order]
    begins = np.ones(len(groups), np.bool_)
    begins[1:] = sorted_groups[1:] != sorted_groups[:-1]
    before = _running_before(taking[order], begins)
    doubts = _running_before((~asked.known).astype(np.int64)[order], begins)
    left = np.maximum(limit.values[order] - before, 0)
    known = limit.known[order] & (sorted_groups >= 0) & asked.known[order] & ((doubts == 0) | (left == 0))
    values = np.empty(len(groups), np.int64)
    flags_ = np.empty(len(groups), np.bool_)
    values[order] = np.where(known, np.minimum(left, taking[order]), 0)
    flags_[order] = known
    return Known(values, flags_)


def _running_before(values: Integers, begins: Flags) -> Integers:
    """The sum of the rows before each row, from where its group begins."""
    total = np.cumsum(values) - values
    base: Integers = np.maximum.accumulate(np.where(begins, total, 0))
    return total - base
