"""Which pair edits hold between two codes for a payer on a day."""

from __future__ import annotations

import polars as pl

from cleanclaim.facts.kit import Context


def edits_for(asked: pl.DataFrame, context: Context) -> pl.DataFrame:
    """The edit, if any, of each asked pair.

    Args:
        asked: rows of `payer`, `date_of_service`, `column_1`, `column_2`.
        context: the clinic's own payer files.

    Returns:
        The same number of rows: `bypass_allowed`, `pair_is_confirmed` (Boolean), `pair_edition` (String; null
        where no edit is listed).
    """
    return asked.select(
        pl.lit(None, pl.Boolean).alias("bypass_allowed"),
        pl.lit(None, pl.Boolean).alias("pair_is_confirmed"),
        pl.lit(None, pl.String).alias("pair_edition"),
    )
