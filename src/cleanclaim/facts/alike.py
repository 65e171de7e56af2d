"""Which rows of a tall table are alike in some columns, so that a question is put once to each kind of row.

A million billed lines have a few hundred lists of modifiers and a few dozen payers. Columns are numbered once a run; a
column that was read from another table is numbered there, and columns that are known by the same kinds of row need no
number.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from cleanclaim.facts import keys
from cleanclaim.facts.frames import Frames
from cleanclaim.facts.interpreter.formula import Formula
from cleanclaim.facts.spread import ByKind, ByOwner, Kinds, Places
from cleanclaim.pricing.exact import Integers

FEW_ROWS = 20_000
"""Up to this height a table is asked directly."""

_MOST_KINDS = 1 << 20
"""Combinations up to which kinds are told apart by one array over all of them."""

_KINDS_PER_ROW = 8
"""A column or combination with more than one kind for so many rows is not worth telling apart."""

_SAMPLE, _FEWEST_REPEATS = 4_000, 0.1
"""Rows that are looked at first, and the share of repeated values among them below which a column is not numbered."""


@dataclass(frozen=True, slots=True)
class _Numbered:
    """A column's values as numbers from 0; a null is a value of its own."""

    numbers: Places
    count: int


@dataclass(slots=True)
class Together:
    """Expressions that are asked of the same rows, and the columns that they read."""

    formulas: list[Formula] = field(default_factory=list)
    reads: dict[str, None] = field(default_factory=dict)

    @property
    def exprs(self) -> list[pl.Expr]:
        """The expressions."""
        return [formula.expr for formula in self.formulas]

    def add(self, formula: Formula, reads: Iterable[str]) -> None:
        """Ask one more."""
        self.formulas.append(formula)
        self.reads.update(dict.fromkeys(reads))


class Alike:
    """The numbered columns of the frames of one run."""

    def __init__(self, frames: Frames) -> None:
        """Nothing is numbered yet; the frames may grow by columns, never by rows."""
        self._frames = frames
        self._numbered: dict[tuple[str, frozenset[str]], _Numbered | None] = {}
        self._kinds: dict[tuple[str, frozenset[str]], Kinds | None] = {}

    def together(self, table: str, formulas: Iterable[Formula]) -> tuple[list[tuple[Kinds, Together]], Together]:
        """Expressions by the kinds of row that differ in what they read; apart, those that every row is asked."""
        names = self._frames.names(table)
        by_kind: dict[Kinds, Together] = {}
        directly = Together()
        for formula in formulas:
            # An element of a list is no column.
            reads = [name for name in formula.reads if name in names]
            kinds = self.kinds(table, reads)
            (directly if kinds is None else by_kind.setdefault(kinds, Together())).add(formula, reads)
        return list(by_kind.items()), directly

    def rows(self, table: str, names: Iterable[str], kinds: Kinds) -> pl.DataFrame:
        """These columns of the row that stands for each kind."""
        return pl.DataFrame([self._of_kinds(table, name, kinds) for name in names])

    def _of_kinds(self, table: str, name: str, kinds: Kinds) -> pl.Series:
        form = self._frames.form(table, name)
        if isinstance(form, ByKind) and form.kinds is kinds:
            return form.answers
        return self._frames.taken(table, (name,), kinds.rows).to_series()

    def kinds(self, table: str, names: Collection[str]) -> Kinds | None:
        """The kinds of rows by these columns; nothing where asking every row is as well."""
        height = self._frames.height(table)
        if not height or height <= FEW_ROWS or not names:
            return None
        together: dict[Kinds, list[str]] = {}
        parts: list[frozenset[str]] = []
        for name in names:
            form = self._frames.form(table, name)
            if isinstance(form, ByKind):
                if not form.kinds.is_one:
                    together.setdefault(form.kinds, []).append(name)
                continue
            one = self._of(table, frozenset((name,)))
            if one is None:
                return None
            if one.count > 1:
                parts.append(frozenset((name,)))
        if not together and not parts:
            return self._frames.one(table)
        if len(together) == 1 and not parts:
            return next(iter(together))
        parts += [frozenset(own) for own in together.values()]
        key = (table, frozenset[str]().union(*parts))
        if key not in self._kinds:
            self._kinds[key] = self._combined(table, parts, height)
        return self._kinds[key]

    def _combined(self, table: str, parts: Sequence[frozenset[str]], height: int) -> Kinds | None:
        """The kinds of rows by columns whose own are numbered one by one."""
        numbers, count = np.zeros(height, np.int32), 1
        for part in parts:
            one = self._of(table, part)
            if one is None or count * one.count > _MOST_KINDS:
                return None
            numbers = one.numbers if count == 1 else numbers * np.int32(one.count) + one.numbers
            count *= one.count
        row_of = np.full(count, -1, np.int32)
        row_of[numbers] = np.arange(height, dtype=np.int32)
        met = np.flatnonzero(row_of >= 0)
        if len(met) * _KINDS_PER_ROW > height:
            return None
        kind_of = np.empty(count, np.int32)
        kind_of[met] = np.arange(len(met), dtype=np.int32)
        return Kinds(row_of[met], kind_of[numbers])

    def _of(self, table: str, names: frozenset[str]) -> _Numbered | None:
        """The numbers of a column, or of several that are known by the same kinds."""
        cell = (table, names)
        if cell not in self._numbered:
            self._numbered[cell] = self._number(table, sorted(names))
        return self._numbered[cell]

    def _number(self, table: str, names: Sequence[str]) -> _Numbered | None:
        form = self._frames.form(table, names[0])
        if isinstance(form, ByKind):
            found = _few_numbered(self.rows(table, names, form.kinds))
            return None if found is None else _Numbered(found.numbers[form.kinds.of_row], found.count)
        if isinstance(form, ByOwner):
            above = self._of(form.owner, frozenset((form.name,)))
            key = self._frames.column(table, form.key)
            return None if above is None else _Numbered(above.numbers[key.to_numpy()], above.count)
        return number(self._frames.column(table, names[0]))


def number(column: pl.Series) -> _Numbered | None:
    """Number a column's values; nothing where they are too many."""
    if column.null_count() == len(column):
        return _Numbered(np.zeros(len(column), np.int32), 1)
    if isinstance(column.dtype, pl.List | pl.String):
        numbers = _numbers(column)
    elif _differs_mostly(column):
        return None
    else:
        numbers = _whole_numbers(column)
    found = None if numbers is None else _dense(numbers)
    return None if found is None or found.count * _KINDS_PER_ROW > len(column) else found


def _differs_mostly(column: pl.Series) -> bool:
    """Whether hardly a value of a sample comes twice: an amount, or a key."""
    sample = column.gather_every(max(1, len(column) // _SAMPLE))
    return len(sample) - sample.n_unique() < len(sample) * _FEWEST_REPEATS


def _whole_numbers(column: pl.Series) -> Integers | None:
    """Numbers, days or flags as numbers from 1, 0 for null; nothing where they lie too far apart."""
    whole = column.to_physical().cast(pl.Int64)
    least, most = whole.min(), whole.max()
    if not isinstance(least, int) or not isinstance(most, int) or most - least > len(column):
        return None
    found: Integers = ((whole - (least - 1)).fill_null(0) if column.null_count() else whole - (least - 1)).to_numpy()
    return found


def _few_numbered(answers: pl.DataFrame) -> _Numbered | None:
    """Number the rows of a frame of few; alike where they are alike in every column."""
    found = _Numbered(np.zeros(answers.height, np.int32), 1)
    for column in answers.get_columns():
        numbers = _numbers(column)
        if numbers is None:
            return None
        own = _dense(numbers)
        found = _dense(found.numbers.astype(np.int64) * own.count + own.numbers)
    return found


def _numbers(column: pl.Series) -> Integers | None:
    """Whole numbers that differ where the values differ: 0 for null; nothing where they would be too large."""
    if isinstance(column.dtype, pl.List):
        return _list_numbers(column)
    plain = keys.numbers(column)
    if int(plain.values.max(initial=0)) > _MOST_KINDS:
        return None
    return np.where(plain.known, plain.values + 1, 0)


def _list_numbers(lists: pl.Series) -> Integers | None:
    """The same for lists: element by element, numbered anew after each."""
    lengths = lists.list.len().cast(pl.Int64).fill_null(-1).to_numpy()
    numbers = lengths + 1
    counts = np.maximum(lengths, 0)
    starts = np.cumsum(counts) - counts
    elements = _numbers(lists.filter(pl.Series(counts > 0)).explode())
    if elements is None:
        return None
    base = int(elements.max(initial=0)) + 1
    for place in range(int(counts.max(initial=0))):
        longer = np.flatnonzero(counts > place)
        numbers = numbers * base
        numbers[longer] += elements[starts[longer] + place]
        if int(numbers.max()) > _MOST_KINDS:
            return None
        numbers = _dense(numbers).numbers.astype(np.int64)
    return numbers


def _dense(numbers: Integers) -> _Numbered:
    """Numbers renumbered without gaps, in their order."""
    met = np.zeros(int(numbers.max()) + 1, np.bool_)
    met[numbers] = True
    place = np.cumsum(met, dtype=np.int32) - 1
    return _Numbered(place[numbers], int(place[-1]) + 1)
