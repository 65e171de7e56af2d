"""Which claims belong together: those that agree in every one of some columns."""

from __future__ import annotations

import numpy as np
import polars as pl

from cleanclaim.pricing.exact import Integers, absent, is_one_of
from cleanclaim.pricing.kinds import Kinds, from_one

# Up to this many claims a dictionary is quicker than a query engine.
FEW_CLAIMS = 200


def group_numbers(claims: pl.DataFrame, keys: tuple[str, ...]) -> Integers:
    """The first row with the same keys; −1 where a key is null or an identifier empty."""
    if claims.height <= FEW_CLAIMS:
        first: dict[tuple[object, ...], int] = {}
        rows = zip(*(claims[name].to_list() for name in keys), strict=True)
        firsts = [-1 if None in key or "" in key else first.setdefault(key, row) for row, key in enumerate(rows)]
        return np.array(firsts, np.int64)
    known = np.ones(claims.height, np.bool_)
    columns = [claims.get_column(name) for name in keys]
    for column in columns:
        known &= ~absent(column)
        if column.dtype == pl.String:
            known &= ~is_one_of(column, ("",))
    if not known.any():
        return np.full(claims.height, -1)
    kinds = Kinds.by([from_one(column) for column in columns])
    return np.where(known, kinds.rows[kinds.of_row], -1)


def billing_groups(claims: pl.DataFrame, provider: str) -> Integers:
    """The first claim of the same patient, day, payer and billing provider; −1 where that is unknown.

    A claim of unknown order among the payers counts with those to the primary one: it may belong with them, but need
    not.

    Args:
        claims: columns `patient_id`, `date_of_service`, `payer`, `coverage_order` and `provider`.
        provider: `billing_npi` or `billing_tax_id`.
    """
    order = claims["coverage_order"]
    told = claims.with_columns(order.fill_null("primary")) if order.null_count() else claims
    return group_numbers(told, ("patient_id", "date_of_service", "payer", "coverage_order", provider))
