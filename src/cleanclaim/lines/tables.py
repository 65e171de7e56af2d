"""The frames that flow through the house."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import polars as pl

from cleanclaim.lines.schema import SCHEMA, Column, dtypes

_FEW = 100
"""Up to this many lists are made one by one sooner than together."""


@dataclass(frozen=True, slots=True)
class Tables:
    """The four input tables, each with the columns of `cleanclaim.lines.schema` and stable integer keys."""

    claims: pl.DataFrame
    lines: pl.DataFrame
    services: pl.DataFrame
    diagnoses: pl.DataFrame

    @classmethod
    def from_rows(
        cls,
        *,
        claims: Iterable[Mapping[str, Any]],
        lines: Iterable[Mapping[str, Any]],
        services: Iterable[Mapping[str, Any]] = (),
        diagnoses: Iterable[Mapping[str, Any]] = (),
    ) -> Tables:
        """Build the frames from rows of plain values; a column a row lacks is null, an unknown one an error."""
        return cls(
            claims=_frame("claims", claims),
            lines=_frame("lines", lines),
            services=_frame("services", services),
            diagnoses=_frame("diagnoses", diagnoses),
        )

    def frame(self, table: str) -> pl.DataFrame:
        """The frame of the named input table."""
        frame: pl.DataFrame = getattr(self, table)
        return frame


def shaped(frame: pl.DataFrame, table: str) -> pl.DataFrame:
    """The frame with the input table's columns in their order and types; what it does not have is unknown."""
    types = dtypes(table)
    if not frame.width:  # literals alone would make a row
        return pl.DataFrame(schema=types)
    return frame.select(
        (pl.col(name) if name in frame.columns else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in types.items()
    )


def _frame(table: str, rows: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    types = dtypes(table)
    given = list(rows)
    for row in given:
        if not row.keys() <= types.keys():
            raise KeyError(f"table {table} has no column {min(row.keys() - types.keys())!r}")
    if len(given) <= _FEW:
        return pl.DataFrame(
            [_short(table, column, [row.get(column.name) for row in given]) for column in SCHEMA[table]]
        )
    return pl.DataFrame([_column(name, dtype, [row.get(name) for row in given]) for name, dtype in types.items()])


def _short(table: str, column: Column, values: Sequence[Any]) -> pl.Series:
    """A column of few plain values: of one visit most say in every row what is usual, or nothing."""
    if all(value is None for value in values):
        return _throughout(table, column.name, len(values), is_known=False)
    if all(value is column.typical for value in values):
        return _throughout(table, column.name, len(values), is_known=True)
    return _column(column.name, column.dtype, values)


@cache
def _throughout(table: str, name: str, height: int, *, is_known: bool) -> pl.Series:
    """A column of which nothing is known, or of its typical value: what is made of one never changes it."""
    (column,) = (column for column in SCHEMA[table] if column.name == name)
    return _column(name, column.dtype, [column.typical if is_known else None] * height)


def _column(name: str, dtype: pl.DataType | type[pl.DataType], values: Sequence[Any]) -> pl.Series:
    """A column of plain values; a tuple is a list."""
    if not isinstance(dtype, pl.List):
        return pl.Series(name, values, dtype=dtype)
    if len(values) <= _FEW:
        lists = [list(value) if isinstance(value, tuple) else value for value in values]
        return pl.Series(name, lists, dtype=dtype)
    # Lists made one by one cost some five microseconds each: their elements are laid out flat and cut apart.
    filled = [place for place, value in enumerate(values) if value]
    owners = np.repeat(np.arange(len(filled)), [len(values[place]) for place in filled])
    cells = pl.Series(name, [cell for place in filled for cell in values[place]], dtype=dtype.inner)
    cut = pl.DataFrame([pl.Series("owner", owners, dtype=pl.Int64), cells]).group_by("owner", maintain_order=True).all()
    lists_and_others = pl.concat([cut.get_column(name), pl.Series(name, [[], None], dtype=dtype)])
    row_of = np.array([len(filled) + (value is None) for value in values], dtype=np.int64)
    row_of[filled] = np.arange(len(filled))
    return lists_and_others.gather(row_of)


__all__ = ["SCHEMA", "Tables"]
