"""Columns that follow from one text column alone: each distinct text is described once, whatever the height."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import polars as pl

from cleanclaim.lines.schema import Column

Describe = Callable[[str], tuple[object, ...]]

_FEW = 1_000
"""Up to this height a list is quicker than a join."""


def described(values: pl.Series, describe: Describe, columns: Sequence[Column]) -> list[pl.Series]:
    """What `describe` says of each text, as `columns` in its order; null where the text is null."""
    if len(values) <= _FEW:
        return _answers(values.to_list(), describe, columns)
    distinct = values.unique(maintain_order=True)
    answers = pl.DataFrame([distinct.alias("__text"), *_answers(distinct.to_list(), describe, columns)])
    joined = (
        values.alias("__text")
        .to_frame()
        .join(answers, on="__text", how="left", nulls_equal=True, maintain_order="left")
    )
    return [joined.get_column(column.name) for column in columns]


def _answers(texts: list[str | None], describe: Describe, columns: Sequence[Column]) -> list[pl.Series]:
    nothing = (None,) * len(columns)
    rows = [nothing if text is None else describe(text) for text in texts]
    return [
        pl.Series(column.name, [row[place] for row in rows], dtype=column.dtype) for place, column in enumerate(columns)
    ]
