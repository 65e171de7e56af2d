"""The fee of one unit of each line on its payer's basis, whole and with its practice expense cut."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from cleanclaim.money import RATE_SCALE
from cleanclaim.pricing.exact import Flags, Integers, Known, Tristate, divide, integers, split
from cleanclaim.pricing.medicare_fees import medicare_fees
from cleanclaim.pricing.other_reductions import changed_by_modifier
from cleanclaim.pricing.schedule import FEE_SCALE
from cleanclaim.pricing.statuses import PriceStatus
from cleanclaim.pricing.worksheet import MEDICARE, Worksheet
from cleanclaim.reference.lookup import attach

_MOST_PERCENT = 10 * RATE_SCALE
"""A thousand percent of Medicare, beyond which a rate is not credible and products not exact."""
_MOST_FEE = 50_000_000
"""Cents of a unit in a fee table, for the same reasons."""


@dataclass(slots=True)
class Fees:
    """Fees of a unit, and what ranks units for the reduction."""

    whole: Integers
    """Cents of a unit times `FEE_SCALE`, exact."""
    cut: Integers
    """The same with its practice expense cut."""
    percent: Known
    """What the payer pays of that, at 10⁻⁴; unknown where it is all of it."""
    cut_known: Flags
    line: Known
    """The fee of all units."""
    expense: Known
    """Practice expense of a unit, at 10⁻²."""
    rank_fee: Known
    """Medicare's fee of a unit, exact, which breaks ties."""
    is_reduced: Tristate
    """Whether the code is one whose units share the reduction."""
    other_family: Integers
    """The family of codes, but therapy, whose units cut each other; 0 is none."""


def unit_fees(work: Worksheet, fees: pl.DataFrame | None) -> Fees:
    """The fee of one unit on each payer's basis, exact: only a line is rounded to cents."""
    medicare = medicare_fees(work)
    whole, cut = medicare.whole, medicare.cut
    by_medicare = work.basis_is(*MEDICARE)
    known = medicare.known & by_medicare
    cut_known = known & medicare.cut_known
    percent = Known(np.zeros(len(known), np.int64), np.zeros(len(known), np.bool_))
    by_percent = work.basis_is("percent_of_medicare")
    if by_percent.any():
        stated = integers(work.claims["payer_price_basis_percent"]).take(work.claim)
        usable = stated.known & (stated.values <= _MOST_PERCENT)
        work.mark(by_percent & ~usable, PriceStatus.PAYER_PRICE_UNKNOWN)
        percent = Known(np.where(usable, stated.values, 0), by_percent & usable)
        known &= ~by_percent | usable
        cut_known &= known
    work.mark(by_medicare & changed_by_modifier(work), PriceStatus.MODIFIER_NOT_PRICED)
    by_table = work.basis_is("fee_table")
    if by_table.any():
        amount = _table_fees(work, fees, by_table)
        whole = np.where(by_table, amount.values * FEE_SCALE, whole)
        known |= by_table & amount.known
        work.mark(by_table & ~amount.known, PriceStatus.NOT_IN_FEE_TABLE)
    charge = work.charge
    by_charge = work.basis_is("charges")
    work.mark(by_charge & ~charge.known, PriceStatus.CHARGE_UNKNOWN)

    priced = work.status == 0
    full = np.where(priced & known, work.units.values, 0)
    line = np.where(by_charge, charge.values, priced_units(percent, (whole, full)))
    line_known = priced & (known | (by_charge & charge.known))
    return Fees(
        whole=whole,
        cut=cut,
        percent=percent,
        cut_known=cut_known,
        line=Known(np.where(line_known, line, 0), line_known),
        expense=medicare.expense,
        rank_fee=Known(medicare.whole, medicare.known),
        is_reduced=medicare.is_reduced,
        other_family=medicare.other_family,
    )


def priced_units(percent: Known, *units: tuple[Integers, Integers]) -> Integers:
    """Cents of so many units at each fee (fee, units), times the percentage where there is one, rounded once.

    Whole cents and the exact rest go separately, so that nothing leaves 64 bits.
    """
    amount = rest = np.zeros(len(percent.known), np.int64)
    for fee, count in units:
        cents, left = split(fee, FEE_SCALE)
        amount, rest = amount + count * cents, rest + count * left
    carried, rest = split(rest, FEE_SCALE)
    amount = amount + carried
    if not percent.known.any():
        return amount + divide(rest, FEE_SCALE)
    rate = np.where(percent.known, percent.values, RATE_SCALE)
    amount, part = split(amount * rate, RATE_SCALE)
    return amount + divide(part * FEE_SCALE + rest * rate, FEE_SCALE * RATE_SCALE)


def _table_fees(work: Worksheet, fees: pl.DataFrame | None, where: Flags) -> Known:
    """The payer's own fee for each line's code on its date.

    A fee for the code with one of the line's modifiers goes before the fee for the code alone. A line to which two
    such fees apply has none, and neither has a line of unknown modifiers whose code has such a fee.
    """
    found = Known(np.zeros(len(where), np.int64), np.zeros(len(where), np.bool_))
    if fees is None or not fees.height:
        return found
    asked = work.claims.select("payer", "date_of_service")[work.claim].with_columns(work.lines["code"])
    by_modifier, doubtful = np.zeros(len(where), np.int64), np.zeros(len(where), np.bool_)
    for modifier in fees["modifier"].unique().sort():
        fee = _fees_with(asked, fees, modifier)
        if modifier == "":
            found = fee
            continue
        has = work.modifiers.have_any((modifier,))
        doubtful |= fee.known & ~has.yes & ~has.no
        by_modifier += fee.known & has.yes
        found = Known(np.where(fee.known & has.yes, fee.values, found.values), found.known | (fee.known & has.yes))
    # A fee for the code with a modifier is what the payer makes of it; one for the code alone is not.
    work.mark(where & found.known & (by_modifier == 0) & changed_by_modifier(work), PriceStatus.MODIFIER_NOT_PRICED)
    usable = found.known & (by_modifier <= 1) & ~doubtful & (found.values <= _MOST_FEE)
    return Known(np.where(usable, found.values, 0), usable)


def _fees_with(asked: pl.DataFrame, fees: pl.DataFrame, modifier: str) -> Known:
    """The fees for the lines' codes with that modifier."""
    answered = attach(
        asked,
        fees.filter(pl.col("modifier") == modifier),
        by={"payer": "payer", "code": "code"},
        day="date_of_service",
        take={"amount": "amount"},
        status="found",
    )
    return integers(answered["amount"])
