"""Which rows of a tall table are alike in some columns, so that a question is put once to each kind of row.

A million billed lines have a few hundred lists of modifiers and a few dozen payers. Columns are numbered once a run; a
column that was read from another table is numbered there, and columns that are known by the same kinds of row need no
number.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import reduce

import polars as pl

from cleanclaim.facts.frames import Frames
from cleanclaim.facts.ground import Ground, refined
from cleanclaim.facts.interpreter.formula import Formula
from cleanclaim.facts.numbering import Numbered, few_numbered, few_of, met, number
from cleanclaim.facts.spread import ByKind, ByOwner, Kinds

FEW_ROWS = 20_000
"""Up to this height a table is asked directly."""

_MOST_VALUES = 64
"""A column of more values than these is told apart for those alone who ask for it."""

_LONG_LIST = 12
"""Elements of a list that is copied as seldom as may be: of all codes that a payer does not pay."""


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
        self._numbered: dict[tuple[str, frozenset[str]], Numbered | None] = {}
        self._counts: dict[tuple[str, str], int] = {}
        """How many values a column has whose numbers were given back."""
        self._kinds: dict[tuple[str, frozenset[str]], Kinds | None] = {}
        self._grounds: dict[str, Ground] = {}
        self._long: dict[tuple[str, str], bool] = {}

    def together(self, table: str, formulas: Iterable[Formula]) -> tuple[list[tuple[Kinds, Together]], Together]:
        """Expressions by the kinds of row that differ in what they read; apart, those that every row is asked."""
        names = self._frames.names(table)
        # An element of a list is no column.
        asked = [(formula, [name for name in formula.reads if name in names]) for formula in formulas]
        by_kind: dict[Kinds, Together] = {}
        directly = Together()
        ground = self._ground(table, dict.fromkeys(name for _, reads in asked for name in reads))
        for formula, reads in asked:
            on_ground = ground is not None and ground.names.issuperset(reads)
            if ground is not None and on_ground and not any(self._is_long(table, name) for name in reads):
                kinds: Kinds | None = ground.kinds if reads else self._frames.one(table)
            else:
                kinds = self.kinds(table, reads)
            (directly if kinds is None else by_kind.setdefault(kinds, Together())).add(formula, reads)
        return list(by_kind.items()), directly

    def _is_long(self, table: str, name: str) -> bool:
        """Whether the column has long lists, which are not repeated for rows that other columns tell apart."""
        cell = (table, name)
        if cell not in self._long:
            form = self._frames.form(table, name)
            self._long[cell] = isinstance(form, ByKind) and _longest(form.answers) > _LONG_LIST
        return self._long[cell]

    def _ground(self, table: str, names: Iterable[str]) -> Ground | None:
        """The kinds of the table's rows, grown by these columns where they have few values; nothing for few rows."""
        height = self._frames.height(table)
        if not height or height <= FEW_ROWS:
            return None
        ground = self._grounds.setdefault(table, Ground(self._frames.one(table)))
        by_kinds: dict[Kinds, list[str]] = {}
        parts: list[tuple[Iterable[str], Numbered, Kinds | None]] = []
        for name in names:
            if name in ground.names or name in ground.left_out:
                continue
            form = self._frames.form(table, name)
            if isinstance(form, ByKind):
                if ground.holds(form.kinds):
                    ground.names.add(name)
                else:
                    by_kinds.setdefault(form.kinds, []).append(name)
                continue
            own = self._of(table, frozenset((name,)))
            if own is None or own.count > _MOST_VALUES:
                ground.left_out.add(name)
            elif own.count == 1:
                ground.names.add(name)
            else:
                parts.append(((name,), own, None))
        parts += [part for kinds, own in by_kinds.items() for part in self._parts(table, own, kinds, ground)]
        if parts:
            ground.refine(parts)
            self._forget(table, ground, [name for own, _, _ in parts for name in own])
        return ground

    def _forget(self, table: str, ground: Ground, names: Iterable[str]) -> None:
        """Give back the numbers of columns that rows are now told apart by: their kinds tell them as well."""
        for name in names:
            if name in ground.names:
                found = self._numbered.pop((table, frozenset((name,))), None)
                if found is not None:
                    self._counts[table, name] = found.count

    def _parts(
        self, table: str, names: Iterable[str], kinds: Kinds, ground: Ground
    ) -> Iterable[tuple[Iterable[str], Numbered, Kinds | None]]:
        """Columns that are known by the same kinds, as one part by which rows are told apart."""
        few: dict[str, Numbered] = {}
        for name in names:
            own = few_numbered(self._of_kinds(table, name, kinds))
            if own is None or own.count > _MOST_VALUES:
                ground.left_out.add(name)
            elif own.count == 1:
                ground.names.add(name)
            else:
                few[name] = own
        if few:
            found = reduce(met, few.values())
            whole = kinds if found.count == len(kinds.rows) else None
            yield few, Numbered(found.numbers[kinds.of_row], found.count), whole

    def give_back(self, table: str, names: Collection[str]) -> None:
        """Let go of what is known of columns that nobody asks for any more."""
        for known in (self._numbered, self._kinds):
            for cell in [cell for cell in known if cell[0] == table and not cell[1].isdisjoint(names)]:
                del known[cell]

    def finer(self, table: str, *kinds: Kinds) -> Kinds | None:
        """Kinds of which each lies within one of each of these; nothing where none are at hand."""
        ground = self._grounds.get(table)
        return ground.kinds if ground is not None and all(map(ground.holds, kinds)) else None

    def telling(self, table: str, kinds: Kinds | None, names: Iterable[str]) -> Kinds | None:
        """Kinds within these, each with one value in each of the columns; nothing where none are at hand."""
        ground = self._grounds.get(table)
        if kinds is None or ground is None or not ground.holds(kinds):
            return None
        return ground.kinds if self._is_on(ground, table, names) else None

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
            count = self._count(table, name)
            if count is None:
                return None
            if count > 1:
                parts.append(frozenset((name,)))
        if not together and not parts:
            return self._frames.one(table)
        if len(together) == 1 and not parts:
            return next(iter(together))
        key = (table, frozenset[str]().union(*parts, *together.values()))
        if key not in self._kinds:
            self._kinds[key] = self._combined(table, [*parts, *map(frozenset, together.values())])
        return self._kinds[key]

    def _combined(self, table: str, parts: Sequence[frozenset[str]]) -> Kinds | None:
        """The kinds of rows by columns whose own are numbered one by one."""
        ground = self._grounds.get(table)
        if ground is None or len(ground.kinds.rows) == 1:
            on_ground, others = list[frozenset[str]](), parts
        else:
            on_ground = [part for part in parts if self._is_on(ground, table, part)]
            others = [part for part in parts if part not in on_ground]
        numbered = [self._of(table, part) for part in others]
        known = [one for one in numbered if one is not None]
        if len(known) < len(numbered):
            return None
        if ground is None or not on_ground:
            return refined(self._frames.one(table), known)
        each = [self._at(table, name, ground.kinds) for name in sorted(frozenset[str]().union(*on_ground))]
        found = [one for one in each if one is not None]
        if len(found) < len(each):
            return None
        coarse = ground.coarsened(reduce(met, found))
        return refined(coarse, known) if known else coarse

    def _at(self, table: str, name: str, kinds: Kinds) -> Numbered | None:
        """A column's values as numbers, for the row that stands for each kind."""
        form = self._frames.form(table, name)
        if isinstance(form, ByKind) and form.kinds is not kinds:
            found = few_numbered(form.answers)
            return None if found is None else found.at(form.kinds.of_row[kinds.rows])
        return few_numbered(self._of_kinds(table, name, kinds))

    def _is_on(self, ground: Ground, table: str, names: Iterable[str]) -> bool:
        """Whether rows that are of one kind by all columns of few values have one value in each of these."""
        forms = ((name, self._frames.form(table, name)) for name in names)
        return all(
            name in ground.names or (isinstance(form, ByKind) and ground.holds(form.kinds)) for name, form in forms
        )

    def _of(self, table: str, names: frozenset[str]) -> Numbered | None:
        """The numbers of a column, or of several that are known by the same kinds."""
        cell = (table, names)
        if cell not in self._numbered:
            found = self._number(table, sorted(names))
            self._numbered[cell] = None if found is None else found.narrow()
        return self._numbered[cell]

    def _count(self, table: str, name: str) -> int | None:
        """How many values a column has; nothing where they are too many."""
        count = self._counts.get((table, name))
        if count is not None:
            return count
        one = self._of(table, frozenset((name,)))
        return None if one is None else one.count

    def _number(self, table: str, names: Sequence[str]) -> Numbered | None:
        if len(names) == 1 and (table, names[0]) in self._counts:
            kinds = self._grounds[table].kinds
            known = few_numbered(self._of_kinds(table, names[0], kinds))
            if known is not None:
                return known.at(kinds.of_row)
        form = self._frames.form(table, names[0])
        if isinstance(form, ByKind):
            each = [few_numbered(self._of_kinds(table, name, form.kinds)) for name in names]
            numbered = [one for one in each if one is not None]
            if len(numbered) < len(each):
                return None
            found = reduce(met, numbered)
            return found.at(form.kinds.of_row)
        if isinstance(form, ByOwner):
            above = self._of(form.owner, frozenset((form.name,)))
            key = self._frames.column(table, form.key)
            return None if above is None else above.at(key.to_numpy())
        column = self._frames.column(table, names[0])
        if column.dtype != pl.String:
            return number(column)
        return few_of(self._frames.numbers(table, names[0]))


def _longest(answers: pl.Series) -> int:
    """Elements of the longest list; none where there are no lists."""
    longest = answers.list.len().max() if isinstance(answers.dtype, pl.List) else 0
    return longest if isinstance(longest, int) else 0
