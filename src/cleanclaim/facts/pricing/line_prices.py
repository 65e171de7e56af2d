"""Prices of every line: `allowed_cents` counts towards the therapy threshold; shares where they can be told."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from cleanclaim.facts.kit import Context, Stage
from cleanclaim.lines.schema import Column
from cleanclaim.pricing.exact import is_one_of
from cleanclaim.pricing.line_prices import CLAIM_COLUMNS, LINE_COLUMNS, PRICE_COLUMNS, price_table
from cleanclaim.reference import payers


def _price(frames: Mapping[str, pl.DataFrame], context: Context) -> pl.DataFrame:
    claims, lines = frames["claims"], frames["lines"]
    return price_table(claims, lines, fees=fees_of(claims, context))


def fees_of(claims: pl.DataFrame, context: Context) -> pl.DataFrame | None:
    """The fee tables of the payers that pay by one."""
    by_table = np.flatnonzero(is_one_of(claims.get_column("payer_price_basis_kind"), ("fee_table",)))
    asked = set(claims.get_column("payer")[by_table].to_list()) if len(by_table) else ()
    if not asked:
        return None
    return payers.fees(context.payers.get(payer) or payers.get(payer) for payer in sorted(asked))


stage = Stage(
    name="line-prices",
    over="lines",
    needs=tuple(LINE_COLUMNS),
    reads=tuple(("claims", name) for name in CLAIM_COLUMNS),
    adds=tuple(Column(name, dtype, unit, meaning) for name, (dtype, unit, meaning) in PRICE_COLUMNS.items()),
    compute=_price,
    lacks="a price: fee schedule for the date and locality, or what the payer's contract pays",
)
