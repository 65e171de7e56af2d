"""Whether a unit that a daily limit cuts off is worth more than one that it lets through.

A payer who pays the first units in the order of the claim pays them whatever they are worth. Worth is the allowed
amount of a unit where every line of the claim has one, else its charge.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from cleanclaim.facts.kit import Context, Stage
from cleanclaim.lines.schema import CENTS, FLAG, Column
from cleanclaim.pricing.exact import Integers, Known, Tristate, as_column, as_flags, flags, integers, run_begins, shared

_CLAIM = ("payer_line_order_matters", "payer_daily_unit_cap_units", "claim_capped_units")
_LINE = ("line_id", "claim_id", "line_number", "units", "charge_cents", "allowed_cents", "counts_in_daily_cap")

_NO_WORTH = -(1 << 62)
"""Less than any line is worth."""

_COLUMNS = (
    Column("unit_worth_cents", CENTS, "cents", "allowed amount, or else charge, of one unit of the line"),
    Column("cut_off_worth_cents", CENTS, "cents", "the same of the best line that the limit cuts off; 0 for none"),
    Column("is_worth_less_than_cut_off", FLAG, "flag", "paid in the place of a line that is worth more"),
)


def _weigh(frames: Mapping[str, pl.DataFrame], context: Context) -> pl.DataFrame:  # noqa: ARG001
    claims, lines = frames["claims"], frames["lines"]
    owner = integers(lines.get_column("claim_id")).values
    # Most claims meet no payer who takes lines in order, and then there is nothing to weigh.
    row = np.flatnonzero(flags(claims.get_column("payer_line_order_matters")).yes[owner])
    number = integers(lines.get_column("line_number")).values[row]
    row = row[np.lexsort((number, owner[row]))]
    claim = owner[row]
    worth = _worth(lines, row, claim)
    units = integers(lines.get_column("units")).take(row)
    counts = flags(lines.get_column("counts_in_daily_cap")).take(row)
    counted = np.where(counts.yes, units.values, 0)
    unknown = ~worth.known | ~(counts.no | (counts.yes & units.known))
    cap = integers(claims.get_column("payer_daily_unit_cap_units")).take(claim)
    known = cap.known & ~shared(claim, unknown)
    before = np.cumsum(counted) - counted
    before -= before[run_begins(claim)]
    is_cut = known & (counted > 0) & (before + counted > cap.values)
    best = np.full(claims.height, _NO_WORTH)
    np.maximum.at(best, claim[is_cut], worth.values[is_cut])
    cut_off = np.where(best == _NO_WORTH, 0, best)[claim]
    is_less = (counted > 0) & (before < cap.values) & (worth.values < cut_off)
    height = lines.height
    worth, cut_off_worth = worth.spread(row, height), Known(cut_off, known).spread(row, height)
    return pl.DataFrame(
        [
            as_column("unit_worth_cents", worth.values, worth.known),
            as_column("cut_off_worth_cents", cut_off_worth.values, cut_off_worth.known),
            as_flags(*Tristate(known & is_less, known & ~is_less).spread(row, height)).alias(
                "is_worth_less_than_cut_off"
            ),
        ]
    )


def _worth(lines: pl.DataFrame, row: Integers, claim: Integers) -> Known:
    """The allowed amount of a unit of these lines where every line of the claim has one, else its charge."""
    allowed, charge, units = (
        integers(lines.get_column(name)).take(row) for name in ("allowed_cents", "charge_cents", "units")
    )
    by_charge = shared(claim, ~allowed.known)
    is_counted = units.known & (units.values > 0)
    cents = np.where(by_charge, charge.values, allowed.values)
    return Known(
        cents // np.where(is_counted, units.values, 1), is_counted & np.where(by_charge, charge.known, allowed.known)
    )


stage = Stage(
    name="line-worth",
    over="lines",
    needs=_LINE,
    reads=tuple(("claims", name) for name in _CLAIM),
    adds=_COLUMNS,
    compute=_weigh,
    lacks="units of each line, and what each is allowed or charged",
)
