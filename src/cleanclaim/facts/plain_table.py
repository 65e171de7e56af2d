"""A table of a few rows: plain values first, columns of them where a query or a caller asks for some.

Making a column costs more than computing its values, most are read by rules alone, which Python answers too, and what
a query is shown costs by its width. So a frame is made of the columns that are asked for, and of no others.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import polars as pl

Row = dict[str, Any]
"""Column → value; a list is a list, null is None."""

Dtype = pl.DataType | type[pl.DataType]


class PlainTable:
    """The rows of one table, which may grow by columns, never by rows."""

    def __init__(self, frame: pl.DataFrame, key: str) -> None:
        """Take the columns of a frame; every frame that is made of the table has its `key`."""
        names = frame.columns
        self._given, self._key = frame, key
        self._rows: list[Row] = [dict(zip(names, values, strict=True)) for values in frame.rows()]
        self._added: dict[str, pl.Series] = {}
        self._waiting: dict[str, Dtype] = {}
        self._names = dict.fromkeys(names)

    @property
    def names(self) -> dict[str, None]:
        """Its columns, in the order in which they came."""
        return self._names

    def rows(self, names: frozenset[str]) -> list[Row]:
        """The rows, with at least these columns.

        Raises:
            ColumnNotFoundError: there is no such column.
        """
        if not self._names.keys() >= names:
            raise pl.exceptions.ColumnNotFoundError(min(names - self._names.keys()))
        return self._rows

    def note(self, name: str, dtype: Dtype, values: Iterable[Any]) -> None:
        """Add a column by its values."""
        for row, value in zip(self._rows, values, strict=True):
            row[name] = value
        self._waiting[name] = dtype
        self._names[name] = None

    def add(self, columns: Iterable[pl.Series]) -> None:
        """Add columns that are made."""
        for column in columns:
            name = column.name
            for row, value in zip(self._rows, column.to_list(), strict=True):
                row[name] = value
            self._added[name] = column
            self._waiting.pop(name, None)
            self._names[name] = None

    def frame(self, names: Iterable[str]) -> pl.DataFrame:
        """A frame of the key and these columns, as far as the table has them."""
        wanted = [name for name in dict.fromkeys((self._key, *names)) if name in self._names]
        waiting = [name for name in wanted if name in self._waiting]
        if waiting:
            self._make(waiting)
        columns = [self._added[name] if name in self._added else self._given.get_column(name) for name in wanted]
        # A frame that grows is made in half the time of one that is made of a list.
        return columns[0].to_frame().hstack(columns[1:]) if columns else pl.DataFrame()

    def _make(self, names: list[str]) -> None:
        """Make columns of what is plain values yet; together, which costs half."""
        types = {name: self._waiting.pop(name) for name in names}
        cells = [tuple(map(row.__getitem__, names)) for row in self._rows]
        made = pl.DataFrame(cells, schema=types, orient="row")
        self._added.update(zip(names, made.get_columns(), strict=True))
