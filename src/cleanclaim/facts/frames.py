"""The frames of one run; where they have few rows, their columns as plain values beside.

A column of a few rows that Python made stays with Python until a query or a caller asks for it as a column: making
it costs more than computing it, and most are read by rules alone, which Python answers too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import polars as pl

Row = dict[str, Any]
"""Column → value; a list is a list, null is None."""

Dtype = pl.DataType | type[pl.DataType]

FEW_ROWS = 40
"""Up to this height of its tallest table a run is answered by Python, as far as Python can."""


class Frames(Mapping[str, pl.DataFrame]):
    """Table → frame, with every column that was added so far."""

    def __init__(self, frames: Mapping[str, pl.DataFrame]) -> None:
        """Take the frames as they are; they may grow by columns, never by rows."""
        self._frames = dict(frames)
        self.are_few = max((frame.height for frame in self._frames.values()), default=0) <= FEW_ROWS
        self._rows: dict[str, list[Row]] = (
            {table: [{} for _ in range(f.height)] for table, f in frames.items()} if (self.are_few) else {}
        )
        self._read: dict[str, set[str]] = {table: set() for table in self._rows}
        self._waiting: dict[str, dict[str, Dtype]] = {table: {} for table in self._rows}

    def __getitem__(self, table: str) -> pl.DataFrame:
        """The frame with all its columns."""
        if self._waiting.get(table):
            self._write(table, list(self._waiting[table]))
        return self._frames[table]

    def __iter__(self) -> Iterator[str]:
        """The tables."""
        return iter(self._frames)

    def __len__(self) -> int:
        """How many tables there are."""
        return len(self._frames)

    def height(self, table: str) -> int:
        """How many rows the table has."""
        return self._frames[table].height

    def holding(self, table: str, names: Iterable[str]) -> pl.DataFrame:
        """The frame with at least these of its columns, as far as it has them."""
        waiting = self._waiting.get(table)
        if waiting:
            wanted = [name for name in names if name in waiting]
            if wanted:
                self._write(table, wanted)
        return self._frames[table]

    def add(self, table: str, columns: list[pl.Series]) -> None:
        """Add columns."""
        self._frames[table] = self._frames[table].hstack(columns)

    def compute(self, table: str, expressions: Sequence[pl.Expr]) -> None:
        """Add columns by one query."""
        self._frames[table] = self[table].with_columns(expressions)

    def rows(self, table: str, names: frozenset[str]) -> list[Row]:
        """The rows of a small table, with at least these columns."""
        rows, read = self._rows[table], self._read[table]
        if not names <= read:
            frame = self._frames[table]
            # All at once: what one reader asks for, the next will.
            unread = [name for name in frame.columns if name not in read]
            read.update(unread)
            if not names <= read:
                raise pl.exceptions.ColumnNotFoundError(f"table {table}: {min(names - read)}")
            for row, values in zip(rows, frame[unread].rows(), strict=True):
                row.update(zip(unread, values, strict=True))
        return rows

    def note(self, table: str, name: str, dtype: Dtype, values: Iterable[Any]) -> None:
        """Add a column of a small table by its values."""
        for row, value in zip(self._rows[table], values, strict=True):
            row[name] = value
        self._read[table].add(name)
        self._waiting[table][name] = dtype

    def _write(self, table: str, names: Sequence[str]) -> None:
        """Make columns of what is plain values yet."""
        waiting = self._waiting[table]
        types = {name: waiting.pop(name) for name in names}
        cells = [tuple(map(row.__getitem__, names)) for row in self._rows[table]]
        self.add(table, pl.DataFrame(cells, schema=types, orient="row").get_columns())


class Part(Mapping[str, pl.DataFrame]):
    """Frames with those columns of which a stage says that it reads them; others may be there or not."""

    def __init__(self, frames: Frames, names: Mapping[str, Sequence[str]]) -> None:
        """Name the columns by table."""
        self._frames, self._names = frames, names

    def __getitem__(self, table: str) -> pl.DataFrame:
        """The frame with the columns named."""
        return self._frames.holding(table, self._names.get(table, ()))

    def __iter__(self) -> Iterator[str]:
        """The tables."""
        return iter(self._frames)

    def __len__(self) -> int:
        """How many tables there are."""
        return len(self._frames)
