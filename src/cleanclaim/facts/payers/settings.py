"""Every setting of the payer on the date of service, as columns `payer_…`; null where nobody has read it."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from cleanclaim.facts.kit import Context, Stage
from cleanclaim.lines.schema import Column
from cleanclaim.reference import payers


def _resolve(frames: Mapping[str, pl.DataFrame], context: Context) -> pl.DataFrame:
    claims = frames["claims"]
    if claims.height == 1:
        payer, day = claims.item(0, "payer"), claims.item(0, "date_of_service")
        return payers.columns_on(payer, day, context.payers.values())
    asked = pl.DataFrame([claims.get_column("payer"), claims.get_column("date_of_service").alias("date")])
    resolved = payers.resolve(asked.unique(), context.payers.values())
    return asked.join(resolved, on=["payer", "date"], how="left", nulls_equal=True, maintain_order="left").drop(
        "payer", "date"
    )


stage = Stage(
    name="payer-settings",
    over="claims",
    needs=("payer", "date_of_service"),
    adds=tuple(Column(item.name, item.dtype, item.unit, item.meaning) for item in payers.PAYER_COLUMNS),
    compute=_resolve,
    lacks="what the payer's file says (not read, or the payer is unknown)",
    is_by_row=True,
)
