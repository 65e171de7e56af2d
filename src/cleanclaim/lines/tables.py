"""The frames that flow through the house."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from cleanclaim.lines.schema import SCHEMA, dtypes


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
    columns: dict[str, list[Any]] = {name: [] for name in types}
    for row in rows:
        unknown = row.keys() - types.keys()
        if unknown:
            raise KeyError(f"table {table} has no column {min(unknown)!r}")
        for name, values in columns.items():
            value = row.get(name)
            values.append(list(value) if isinstance(value, tuple) else value)
    return pl.DataFrame(columns, schema=types)


__all__ = ["SCHEMA", "Tables"]
