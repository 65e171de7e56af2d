"""The frames of one run; where they have few rows, the tables are plain values (see `facts.plain_table`).

A column of many rows that is known by kind, or by the row of another table, is written out when it is asked for. One
that is null throughout is known by kind: an archive of claims alone has a hundred such columns, which would take more
memory than the others.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from cleanclaim.facts.plain_table import Dtype, PlainTable, Row
from cleanclaim.facts.spread import ByKind, ByOwner, Flags, Form, Kinds, Narrow, Passed, as_places, narrow, picked
from cleanclaim.lines.schema import KEYS
from cleanclaim.pricing.exact import Known
from cleanclaim.pricing.kinds import from_one, numbers

FEW_ROWS = 100
"""Up to this height of its tallest table a run is answered by Python, as far as Python can: some thirty visits."""


KindsBy = Callable[[str, Collection[str]], Kinds | None]
"""Tells the kinds of a table's rows by some columns, as `Alike.kinds` does."""


class GivenBackError(LookupError):
    """A column is asked for whose memory was given back: the plan knew of no further reader."""


class Frames(Mapping[str, pl.DataFrame]):
    """Table → frame, with every column that was added so far."""

    def __init__(self, frames: Mapping[str, pl.DataFrame]) -> None:
        """Take the frames as they are; they may grow by columns, never by rows."""
        self._frames = dict(frames)
        self.are_few = max((frame.height for frame in self._frames.values()), default=0) <= FEW_ROWS
        self._plain: dict[str, PlainTable] = {}
        self._forms: dict[str, dict[str, Form]] = {table: {} for table in self._frames}
        self._unwritten: dict[str, set[str]] = {table: set() for table in self._frames}
        self._names = {table: set(frame.columns) for table, frame in self._frames.items()}
        self._one: dict[str, Kinds] = {}
        self._passed: dict[tuple[str, str, int], Passed] = {}
        self._given_back: dict[str, set[str]] = {table: set() for table in self._frames}
        self._numbers: dict[tuple[str, str], Narrow] = {}
        if not self.are_few:
            for table, frame in self._frames.items():
                self._frames[table] = frame.drop(self._left_out(table, frame.get_columns()))

    def __getitem__(self, table: str) -> pl.DataFrame:
        """The frame with all its columns."""
        return self.holding(table, sorted(self._unwritten[table]) if not self.are_few else self._plainly(table).names)

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
        """The frame with at least these of its columns, as far as it has them.

        Raises:
            GivenBackError: one of them was given back.
        """
        if self.are_few:
            return self._plainly(table).frame(names)
        names = tuple(names)
        if gone := self._given_back[table].intersection(names):
            raise GivenBackError(f"{table}: {', '.join(sorted(gone))} given back after the last reader of the plan")
        if self._unwritten[table]:
            wanted = [name for name in dict.fromkeys(names) if name in self._unwritten[table]]
            # What is the same in every row is soon written again, and takes memory as long as it is kept.
            same = [name for name in wanted if self._is_same(table, name)]
            kept = [name for name in wanted if name not in same]
            self._unwritten[table].difference_update(kept)
            self._frames[table] = self._frames[table].hstack([self._written(table, name) for name in kept])
            return self._frames[table].hstack([self._written(table, name) for name in same])
        return self._frames[table]

    def add(self, table: str, columns: list[pl.Series]) -> None:
        """Add columns."""
        if self.are_few:
            self._plainly(table).add(columns)
            return
        absent = set(self._left_out(table, columns))
        self._frames[table] = self._frames[table].hstack([column for column in columns if column.name not in absent])
        self._names[table].update(column.name for column in columns)

    def give_back(self, table: str, names: Iterable[str]) -> None:
        """Let go of columns that nobody reads any more, nor any column that is known by them."""
        gone = self._names[table].intersection(names)
        self._given_back[table] |= gone
        self._unwritten[table] -= gone
        for name in gone:
            self._forms[table].pop(name, None)
            self._numbers.pop((table, name), None)
        self._frames[table] = self._frames[table].drop(gone, strict=False)

    def compute(self, table: str, expressions: Sequence[pl.Expr]) -> None:
        """Add columns by one query."""
        read = [name for expression in expressions for name in expression.meta.root_names()]
        if expressions:
            asked = self.holding(table, read)
            self.add(table, asked.with_columns(expressions).get_columns()[asked.width :])

    def names(self, table: str) -> set[str]:
        """The table's columns, written out or not."""
        if self.are_few:
            return set(self._plainly(table).names)
        return self._names[table]

    def form(self, table: str, name: str) -> Form | None:
        """How a column is known that need not be written out; nothing where it has to."""
        return self._forms[table].get(name)

    def one(self, table: str) -> Kinds:
        """All rows of a table as one kind."""
        if table not in self._one:
            self._one[table] = Kinds(np.zeros(1, np.int32), np.zeros(self.height(table), np.int32))
        return self._one[table]

    def spread(self, table: str, answers: Iterable[pl.Series], kinds: Kinds) -> None:
        """Add columns by their values for each kind of row."""
        for answer in answers:
            self._know(table, answer.name, ByKind(answer, kinds))

    def read(self, table: str, owner: str, names: Iterable[tuple[str, str]], key: str) -> None:
        """Add columns of another table, by the row number in `key`, which is never null: its name, the name here."""
        for name, alias in names:
            form = self.form(owner, name)
            if isinstance(form, ByKind):
                self._know(table, alias, self._pass(table, key, form.kinds).column(form.answers, alias))
            else:
                self._know(table, alias, ByOwner(owner, name, key))

    def _left_out(self, table: str, columns: Iterable[pl.Series]) -> list[str]:
        """Columns that need not be kept: they are null in every row, and from now on known by that."""
        absent = [column for column in columns if _is_nowhere(column)]
        for column in absent:
            nothing = pl.Series(column.name, [None], dtype=column.dtype)
            self._know(table, column.name, ByKind(nothing, self.one(table)))
        return [column.name for column in absent]

    def _is_same(self, table: str, name: str) -> bool:
        """Whether the column is known to be alike in all rows."""
        form = self._forms[table].get(name)
        return isinstance(form, ByKind) and form.kinds.is_one

    def _know(self, table: str, name: str, form: Form) -> None:
        self._forms[table][name] = form
        self._unwritten[table].add(name)
        self._names[table].add(name)

    def _pass(self, table: str, key: str, of_owner: Kinds) -> Passed:
        """The owner's kinds as kinds of this table's rows."""
        place = (table, key, id(of_owner))
        if place not in self._passed:
            self._passed[place] = Passed.on(of_owner, self.column(table, key).to_numpy())
        return self._passed[place]

    def column(self, table: str, name: str) -> pl.Series:
        """One column, written out."""
        return self.holding(table, (name,)).get_column(name)

    def taken(self, table: str, names: Iterable[str], rows: npt.NDArray[np.integer]) -> pl.DataFrame:
        """Columns of some rows; none is written out for the others."""
        chosen = _Chosen(rows)
        return pl.DataFrame([self._at(table, name, chosen).alias(name) for name in names])

    def _at(self, table: str, name: str, chosen: _Chosen) -> pl.Series:
        form = self.form(table, name)
        if isinstance(form, ByKind):
            return form.answers[chosen.kinds(form.kinds)]
        if form is None:
            return self.column(table, name)[chosen.places]
        return self._at(form.owner, form.name, chosen.owners(form.key, self.column(table, form.key)))

    def numbers(self, table: str, name: str) -> Narrow:
        """A column of texts as numbers from 1, alike where the texts are, and 0 for null: told apart once a run.

        The numbers are of the type that holds them in least memory: too small to calculate with.
        """
        cell = (table, name)
        if cell not in self._numbers:
            self.know_numbers(table, name, self._told_apart(table, name))
        return self._numbers[cell]

    def know_numbers(self, table: str, name: str, numbers: npt.NDArray[np.integer]) -> None:
        """Take the numbers of a column of texts from who has told them apart."""
        self._numbers[table, name] = narrow(numbers, int(numbers.max(initial=0)) + 1)

    def _told_apart(self, table: str, name: str) -> npt.NDArray[np.integer]:
        form = self.form(table, name)
        if isinstance(form, ByKind):
            return from_one(form.answers)[form.kinds.of_row]
        if isinstance(form, ByOwner):
            of_owner: npt.NDArray[np.integer] = self.numbers(form.owner, form.name)
            return np.take(of_owner, self.column(table, form.key).to_numpy())
        return from_one(self.column(table, name))

    def nulls(self, table: str, name: str, rows: npt.NDArray[np.integer] | None = None) -> Flags | bool:
        """Which rows, or which of these rows, of a column are null: none, all of the column, or these."""
        form = self.form(table, name)
        if isinstance(form, ByKind):
            return _nulls(form.answers, form.kinds.of_row if rows is None else form.kinds.of_row[rows])
        if isinstance(form, ByOwner):
            key = self.column(table, form.key).to_numpy()
            return self.nulls(form.owner, form.name, key if rows is None else key[rows])
        return _nulls(self.column(table, name), rows)

    def _written(self, table: str, name: str) -> pl.Series:
        form = self._forms[table][name]
        if isinstance(form, ByKind):
            return form.kinds.spread(form.answers)
        return picked(self.column(form.owner, form.name), self.column(table, form.key).to_numpy()).alias(name)

    def rows(self, table: str, names: frozenset[str]) -> list[Row]:
        """The rows of a small table, with at least these columns."""
        return self._plainly(table).rows(names)

    def note(self, table: str, name: str, dtype: Dtype, values: Iterable[Any]) -> None:
        """Add a column of a small table by its values."""
        self._plainly(table).note(name, dtype, values)

    def _plainly(self, table: str) -> PlainTable:
        """A small table as plain values."""
        found = self._plain.get(table)
        if found is None:
            found = self._plain[table] = PlainTable(self._frames[table], KEYS[table])
        return found


def _nulls(column: pl.Series, rows: npt.NDArray[np.integer] | None) -> Flags | bool:
    """Which of these rows are null: none, all of the column, or these."""
    if column.null_count() in (0, len(column)):
        return column.null_count() > 0
    found: Flags = column.is_null().to_numpy()
    return found if rows is None else found[rows]


def _is_nowhere(column: pl.Series) -> bool:
    """Whether the column is null in every row, of which there are some."""
    return bool(len(column)) and column.null_count() == len(column)


class _Chosen:
    """Some rows of a table, and where what is known of them stands: many columns are known by the same kinds."""

    def __init__(self, rows: npt.NDArray[np.integer]) -> None:
        self._rows = rows
        self._kinds: dict[Kinds, pl.Series] = {}
        self._owners: dict[str, _Chosen] = {}

    @cached_property
    def places(self) -> pl.Series:
        """The rows' numbers, as Polars picks by them at once."""
        return as_places(self._rows)

    def kinds(self, kinds: Kinds) -> pl.Series:
        """The rows' kinds."""
        if kinds not in self._kinds:
            self._kinds[kinds] = as_places(kinds.of_row[self._rows])
        return self._kinds[kinds]

    def owners(self, key: str, numbers: pl.Series) -> _Chosen:
        """The rows of another table, by the row numbers in the column `key`."""
        if key not in self._owners:
            self._owners[key] = _Chosen(numbers.to_numpy()[self._rows])
        return self._owners[key]


class Part(Mapping[str, pl.DataFrame]):
    """Frames with those columns of which a stage says that it reads them; others may be there or not."""

    def __init__(self, frames: Frames, names: Mapping[str, Sequence[str]], kinds: KindsBy | None = None) -> None:
        """Name the columns by table, and who tells the kinds of rows by some of them."""
        self._frames, self._names = frames, names
        self._kinds = kinds
        self._made: dict[str, pl.DataFrame] = {}

    def __getitem__(self, table: str) -> pl.DataFrame:
        """The frame with the columns named."""
        made = self._made.get(table)
        if made is None:
            made = self._made[table] = self._frames.holding(table, self._names.get(table, ()))
        return made

    def __iter__(self) -> Iterator[str]:
        """The tables."""
        return iter(self._frames)

    def __len__(self) -> int:
        """How many tables there are."""
        return len(self._frames)

    def numbers(self, table: str, name: str) -> Narrow:
        """A column of texts as `Frames.numbers` has it."""
        return self._frames.numbers(table, name)

    def kinds(self, table: str, names: Collection[str]) -> Kinds | None:
        """The kinds of a tall table's rows by these columns; nothing where asking every row is as well."""
        return None if self._kinds is None else self._kinds(table, names)

    def taken(self, table: str, names: Sequence[str], rows: npt.NDArray[np.integer] | None = None) -> pl.DataFrame:
        """These columns alone, of these rows alone, or of all: no other column is written out for every row."""
        if rows is None:
            return self._frames.holding(table, names).select(names)
        return self._frames.taken(table, names, rows)


def numbers_of(frames: Mapping[str, pl.DataFrame], table: str, name: str) -> Known:
    """A column's values as numbers from 0, alike where the values are; texts of a run are told apart once for all."""
    if frames[table].schema[name] == pl.String and isinstance(frames, Part):
        told = frames.numbers(table, name)
        return Known(np.maximum(told.astype(np.int64) - 1, 0), told > 0)
    return numbers(frames[table].get_column(name))
