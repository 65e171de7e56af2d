"""Rows of an archive brought into its order: by a claim's place as one number, every column by the same order."""

from __future__ import annotations

import numpy as np
import polars as pl

from cleanclaim.facts.spread import as_places

_MOST_ROWS = 1 << 40
"""No file has so many rows."""

AS_NUMBER = pl.col("file") * _MOST_ROWS + pl.col("row")
"""A claim's place as one number, in the order of the archive."""


def number_of(file: int, row: int) -> int:
    """A place as `AS_NUMBER` has it."""
    return file * _MOST_ROWS + row


def order_of(rows: pl.DataFrame, number: pl.Expr = AS_NUMBER) -> pl.Series:
    """The rows by a number that each has, the least first; of the same number as they stand.

    Blocks are each in order, and this sort is fast where runs of rows are.
    """
    return as_places(np.argsort(rows.select(number).to_series().to_numpy(), kind="stable"))


def taken(rows: pl.DataFrame, order: pl.Series) -> pl.DataFrame:
    """Rows by their numbers, which is several times faster from columns in one piece."""
    return rows.rechunk()[order]
