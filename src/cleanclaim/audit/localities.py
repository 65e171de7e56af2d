"""Medicare's payment locality of claims that name none: claim files never do, and without it nothing has a price."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

EVERY_CLINIC = ""
"""In the place of a billing provider's NPI: all that have none of their own."""


def with_localities(claims: pl.DataFrame, localities: Mapping[str, str]) -> pl.DataFrame:
    """The claims with a locality where they name none.

    Args:
        claims: columns of the dictionary's `claims`; `locality` and `billing_npi` are read.
        localities: by the NPI of the billing provider, or `EVERY_CLINIC`.
    """
    own = pl.col("billing_npi").replace_strict(dict(localities), default=None, return_dtype=pl.String)
    named = pl.when(pl.col("locality") != "").then("locality")
    other = pl.lit(localities.get(EVERY_CLINIC), pl.String)
    return claims.with_columns(pl.coalesce(named, own, other).alias("locality"))
