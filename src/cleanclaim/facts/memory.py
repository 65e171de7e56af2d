"""What reference lookups answered before, so that a code, a day or a place is looked up once and not at every visit.

The visits of a clinic's day share one date, a few payers and a few dozen codes, while a lookup costs a single visit
several queries. Kept are only answers that follow from a row's own values and the reference tables; nothing of a
patient is among them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from cleanclaim.facts.kit import Context, Stage
from cleanclaim.facts.spread import Kinds, Repeated
from cleanclaim.reference.published.editions import BUILT_IN, Editions, current

FEW_ROWS = 1_000
"""Up to this height each row is looked for in memory, above it one of each kind."""
_REPEATED = 2
"""Where rows are alike less often than so many times, a stage answers all of them sooner than Python finds each."""
_ROW = "__row"
_MOST_KEPT = 50_000
"""Rows of answers kept; then memory starts anew."""


Key = tuple[object, ...]
"""The values that a lookup reads, in the order of its needs."""


class Memory:
    """The answers of stages that read the same columns, one row for each combination of values met so far."""

    def __init__(self, stages: Sequence[Stage]) -> None:
        """Remember nothing yet."""
        self._stages = tuple(stages)
        self._over, self._needs = self._stages[0].over, self._stages[0].needs
        # One value, replaced as a whole: two threads may lose each other's answers, never mix them.
        self._kept: tuple[Editions, dict[Key, int], pl.DataFrame] = (BUILT_IN, {}, pl.DataFrame())
        self._told: tuple[Editions, dict[Key, tuple[Any, ...]]] = (BUILT_IN, {})

    def answer(self, frame: pl.DataFrame, context: Context, *, rows_differ: bool = False) -> list[pl.Series]:
        """The columns of all stages, rows in the order of the frame.

        Of many rows one of each kind is looked for in memory: the next part of an archive asks for the same. With
        `rows_differ` the caller has seen to it that no two rows are alike.
        """
        if not frame.height:
            return self._computed(frame, context).get_columns()
        if frame.height > FEW_ROWS and not rows_differ:
            return self._answer_many(frame.select(self._needs), context)
        keys = list(zip(*(_values(frame.get_column(name)) for name in self._needs), strict=True))
        editions = current()
        answered_by, places, kept = self._kept
        if len(places) > _MOST_KEPT or answered_by != editions:
            places, kept = {}, pl.DataFrame()
        new = {key: row for row, key in enumerate(keys) if key not in places}
        if new:
            found = self._computed(frame.select(self._needs)[list(new.values())], context)
            first = kept.height
            kept = kept.vstack(found).rechunk() if first else found
            places = {**places, **{key: first + place for place, key in enumerate(new)}}
            self._kept = (editions, places, kept)
        return kept[pl.Series([places[key] for key in keys], dtype=pl.UInt32)].get_columns()

    def _answer_many(self, frame: pl.DataFrame, context: Context) -> list[pl.Series]:
        """The same for many rows, some of them alike."""
        first = frame.with_row_index(_ROW).select(pl.col(_ROW).first().over(self._needs)).to_series().to_numpy()
        rows = np.flatnonzero(first == np.arange(len(first)))
        if len(rows) * _REPEATED > len(first):
            return self._computed(frame, context).get_columns()
        place = np.empty(len(first), np.uint32)
        place[rows] = np.arange(len(rows))
        answers = self.answer(frame[rows], context, rows_differ=True)
        of_row = pl.Series(place[first])
        return [column[of_row] for column in answers]

    def values(self, keys: Sequence[Key], asked: Callable[[], pl.DataFrame], context: Context) -> list[tuple[Any, ...]]:
        """The same for a few rows, as plain values: a value for each column of the stages.

        Args:
            keys: the values that the stages read, row by row.
            asked: gives the frame of these rows, with those columns in the order of the stages' needs.
            context: what the check is made with.
        """
        editions = current()
        answered_by, told = self._told
        if len(told) > _MOST_KEPT or answered_by != editions:
            told = {}
        new = {key: row for row, key in enumerate(keys) if key not in told}
        if new:
            found = self._computed(asked()[list(new.values())], context)
            told = {**told, **dict(zip(new, found.iter_rows(), strict=True))}
        self._told = (editions, told)
        return [told[key] for key in keys]

    def _computed(self, frame: pl.DataFrame, context: Context) -> pl.DataFrame:
        frames = {self._over: frame}
        return pl.DataFrame([column for stage in self._stages for column in computed(stage, frames, context)])


def computed(stage: Stage, frames: Mapping[str, pl.DataFrame], context: Context) -> list[pl.Series]:
    """The columns of a stage as it declares them, written out.

    Raises:
        ValueError: it returned another number of rows, or other columns.
    """
    added = stage.compute(frames, context)
    if isinstance(added, Repeated):
        added = added.written()
    return _declared(stage, added, added.height, frames[stage.over].height)


def computed_by_kind(
    stage: Stage, frames: Mapping[str, pl.DataFrame], context: Context
) -> tuple[list[pl.Series], Kinds | None]:
    """The same, but what the stage itself answers once for many rows as it is, with the kinds of these rows.

    Raises:
        ValueError: it returned another number of rows, or other columns.
    """
    added = stage.compute(frames, context)
    height = frames[stage.over].height
    if isinstance(added, Repeated):
        answers, kinds = added.by_kind()
        return _declared(stage, answers, len(kinds.of_row), height), kinds
    return _declared(stage, added, added.height, height), None


def _declared(stage: Stage, added: pl.DataFrame, rows: int, height: int) -> list[pl.Series]:
    """The columns that a stage answered for so many rows, in the order in which it declares them."""
    by_name = {column.name: column for column in added.get_columns()}
    if rows != height or by_name.keys() != {column.name for column in stage.adds}:
        raise ValueError(
            f"stage {stage.name} returned {rows} rows of {sorted(by_name)}; "
            f"expected {height} rows of {sorted(column.name for column in stage.adds)}"
        )
    return [_typed(by_name[column.name], column.dtype) for column in stage.adds]


def _values(column: pl.Series) -> list[object]:
    cells = column.to_list()
    if column.dtype == pl.List:
        return [None if cell is None else tuple(cell) for cell in cells]
    return cells


def _typed(column: pl.Series, dtype: pl.DataType | type[pl.DataType]) -> pl.Series:
    return column if column.dtype == dtype else column.cast(dtype)
