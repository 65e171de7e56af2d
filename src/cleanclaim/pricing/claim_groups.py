"""Which claims belong together: those that agree in every one of some columns."""

from __future__ import annotations

import numpy as np
import polars as pl

from cleanclaim.pricing.exact import Integers

# Up to this many claims a dictionary is quicker than a query engine.
FEW_CLAIMS = 200


def group_numbers(claims: pl.DataFrame, keys: tuple[str, ...]) -> Integers:
    """The first row with the same keys; −1 where a key is null or an identifier empty."""
    if claims.height <= FEW_CLAIMS:
        first: dict[tuple[object, ...], int] = {}
        rows = zip(*(claims[name].to_list() for name in keys), strict=True)
        numbers = [-1 if None in key or "" in key else first.setdefault(key, row) for row, key in enumerate(rows)]
        return np.array(numbers, np.int64)
    told = (pl.col(name) != "" if claims.schema[name] == pl.String else pl.col(name).is_not_null() for name in keys)
    known = pl.all_horizontal(*told).fill_null(value=False)
    numbered = claims.select(known.alias("known"), *keys).with_row_index("row")
    first_row = pl.col("row").first().over(keys).cast(pl.Int64)
    return numbered.select(pl.when("known").then(first_row).otherwise(-1)).to_series().to_numpy()
