"""The multiple procedure reduction: which one unit of a patient's day is paid in full."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cleanclaim.pricing.claim_groups import billing_groups
from cleanclaim.pricing.exact import Flags, Integers, Known, absent, flags, is_one_of
from cleanclaim.pricing.other_reductions import mark_other_families
from cleanclaim.pricing.statuses import PriceStatus
from cleanclaim.pricing.unit_fees import Fees
from cleanclaim.pricing.worksheet import MEDICARE, Worksheet


@dataclass(slots=True)
class Reduction:
    """How many units of each line are paid in full, and on which lines some are not."""

    full_units: Known
    some_cut: Flags


def reduced(work: Worksheet, fee: Fees) -> Reduction:
    """Find the one unit of each group that is paid in full."""
    setting = flags(work.claims["payer_multiple_procedure_reduction"]).take(work.claim)
    ranks = ~setting.no & ~work.marked(PriceStatus.BILLED_FOR_DENIAL)
    takes_part = fee.is_reduced.yes & ranks & (work.usable | ~work.units.known)
    may_take_part = ~fee.is_reduced.yes & ~fee.is_reduced.no & ranks
    leads, lead_open = _leads(work, fee, takes_part, may_take_part)
    units = work.units.values
    full = np.where(takes_part, np.where(leads, 1, 0), units)
    unsure_setting = takes_part & ~setting.yes & (full != units)
    no_difference = fee.cut_known & (fee.cut == fee.whole)
    unknown = (lead_open | unsure_setting) & ~no_difference
    unknown |= may_take_part & (work.status == 0)
    some_cut = takes_part & (full < units)
    cut_missing = some_cut & ~fee.cut_known
    work.mark((unknown | cut_missing) & ~work.basis_is("charges", "per_diem"), PriceStatus.REDUCTION_UNKNOWN)
    mark_other_families(work, fee.other_family, ~fee.is_reduced.yes & ~fee.is_reduced.no)
    settled = work.status == 0
    return Reduction(Known(np.where(settled, full, 0), settled & work.basis_is(*MEDICARE, "fee_table")), some_cut)


def _leads(work: Worksheet, fee: Fees, takes_part: Flags, may_take_part: Flags) -> tuple[Flags, Flags]:
    """Which lines hold the unit paid in full, and for which that cannot be told.

    A line of unknown rank, or one that may or may not take part, leaves the first place of its group open: the
    line that leads without it may be cut. A line that does not lead is cut whatever the unknown line is.
    """
    scope = work.claims["payer_multiple_procedure_reduction_scope"]
    by_tax_id, by_npi = is_one_of(scope, ("tax_id",)), is_one_of(scope, ("billing_npi",))
    some_order = work.of_claims(~absent(work.claims["coverage_order"]))
    npi = billing_groups(work.claims, "billing_npi")
    tax_id = npi if by_npi.all() else billing_groups(work.claims, "billing_tax_id")
    # What a changed service counts for in the ranking is as unknown as its price.
    ranked = takes_part & fee.rank_fee.known & some_order & ~work.marked(PriceStatus.MODIFIER_NOT_PRICED)
    doubtful = may_take_part | (takes_part & ~ranked)

    def lead(groups: Integers) -> tuple[Flags, Flags]:
        known = groups >= 0
        leads = _first_of_groups(groups, fee.expense.values, fee.rank_fee.values, ranked & known)
        open_group = np.isin(groups, groups[doubtful]) if doubtful.any() else np.zeros(len(groups), np.bool_)
        return leads, takes_part & (~known | ~ranked | (leads & open_group))

    leads, lead_open = lead(np.where(by_tax_id, tax_id, npi)[work.claim])
    no_scope = work.of_claims(~by_tax_id & ~by_npi)
    if (no_scope & takes_part).any():
        # Whichever scope the payer means, the answer has to be the same.
        other, other_open = lead(np.where(by_npi, npi, tax_id)[work.claim])
        lead_open |= other_open | (takes_part & (leads != other))
    return leads, lead_open


def _first_of_groups(groups: Integers, expense: Integers, fee: Integers, where: Flags) -> Flags:
    """The line of each group with the highest practice expense, then the highest fee, then the first.

    Groups are numbers of claims.
    """
    leads = np.zeros(len(groups), np.bool_)
    rows = np.flatnonzero(where)
    if not len(rows):
        return leads
    count = int(groups.max()) + 1
    for amount in (expense, fee):
        of_group, own = groups[rows], amount[rows]
        highest = np.full(count, own.min())
        np.maximum.at(highest, of_group, own)
        rows = rows[own == highest[of_group]]
    first = np.full(count, -1)
    # Of several lines for one place the last is kept.
    first[groups[rows][::-1]] = rows[::-1]
    leads[first[first >= 0]] = True
    return leads
