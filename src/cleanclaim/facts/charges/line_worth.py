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
from cleanclaim.pricing.exact import flags

_CLAIM = ("payer_line_order_matters", "payer_daily_unit_cap_units", "claim_capped_units")
_LINE = ("line_id", "claim_id", "line_number", "units", "charge_cents", "allowed_cents", "counts_in_daily_cap")

_COLUMNS = (
    Column("unit_worth_cents", CENTS, "cents", "allowed amount, or else charge, of one unit of the line"),
    Column("cut_off_worth_cents", CENTS, "cents", "the same of the best line that the limit cuts off; 0 for none"),
    Column("is_worth_less_than_cut_off", FLAG, "flag", "paid in the place of a line that is worth more"),
)


def _weigh(frames: Mapping[str, pl.DataFrame], context: Context) -> pl.DataFrame:  # noqa: ARG001
    claims = frames["claims"]
    order, cap = claims.get_column("payer_line_order_matters"), claims.get_column("payer_daily_unit_cap_units")
    whole = pl.DataFrame([frames["lines"].get_column(name) for name in _LINE])
    # Most claims meet no such payer, and then there is nothing to weigh.
    row = np.flatnonzero(flags(order).yes[whole.get_column("claim_id").to_numpy()])
    place = np.full(whole.height, len(row))
    place[row] = np.arange(len(row))
    nothing = pl.DataFrame({column.name: [None] for column in _COLUMNS}, schema={c.name: c.dtype for c in _COLUMNS})
    weighed = _weighed(whole[row], cap).vstack(nothing) if len(row) else nothing
    return weighed[place]


def _weighed(lines: pl.DataFrame, cap: pl.Series) -> pl.DataFrame:
    """Lines of claims whose payer takes them in order, all lines of a claim among them."""
    owner = lines.get_column("claim_id")
    units = pl.when("counts_in_daily_cap").then("units").when(pl.col("counts_in_daily_cap").not_()).then(0)
    every_allowed = pl.col("allowed_cents").null_count().over("claim_id") == 0
    worth = pl.when(every_allowed).then("allowed_cents").otherwise("charge_cents")
    weighed = lines.with_columns(
        units.alias("counted"),
        pl.when(pl.col("units") > 0).then(worth // pl.col("units")).alias("worth"),
        cap.gather(owner).alias("cap"),
    )
    known = (pl.col("counted").null_count() + pl.col("worth").null_count()).over("claim_id") == 0
    through = pl.col("counted").cum_sum().over("claim_id", order_by="line_number")
    weighed = weighed.with_columns(
        (through > pl.col("cap")).alias("is_cut"), (through - pl.col("counted")).alias("before"), known.alias("known")
    )
    best = pl.when(pl.col("is_cut") & (pl.col("counted") > 0)).then("worth").max().over("claim_id")
    weighed = weighed.with_columns(pl.when("known").then(pl.coalesce(best, 0)).alias("best"))
    paid = (pl.col("before") < pl.col("cap")) & (pl.col("counted") > 0)
    return weighed.select(
        pl.col("worth").alias("unit_worth_cents"),
        pl.when(pl.col("cap").is_not_null()).then("best").alias("cut_off_worth_cents"),
        pl.when(pl.col("cap").is_not_null())
        .then(pl.when("known").then(paid & (pl.col("worth") < pl.col("best"))))
        .alias("is_worth_less_than_cut_off"),
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
