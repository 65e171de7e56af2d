"""What the rules of one table ask of it, asked together: each condition once, however many rules share it.

A rule's two expressions are taken apart at their outermost "and". Payer kinds, dates and codes stand in many rules,
so the parts are far fewer than the rules times two. What a rule objects to is asked only if the rule may apply to
some row: most rules concern another payer, another year or another code.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from cleanclaim.facts.alike import FEW_ROWS, Alike, Kinds, is_dear, read_by
from cleanclaim.lines.schema import KEYS
from cleanclaim.rules.kit import Rule, Verdict

Numbers = npt.NDArray[np.int8]

_FALSE, _UNKNOWN, _TRUE = 0, 1, 2
"""Truth as numbers, in the order in which the least of several is their "and"."""
_NUMBER = {False: _FALSE, None: _UNKNOWN, True: _TRUE}

_FEW_CELLS = 20_000
"""Up to this many answers Python turns them into numbers sooner than a query would."""

_VERDICT = np.array(
    [
        # flag:  false                    unknown                  true
        [Verdict.NOT_APPLICABLE, Verdict.NOT_APPLICABLE, Verdict.NOT_APPLICABLE],  # applies: false
        [Verdict.NO_DATA, Verdict.NO_DATA, Verdict.NO_DATA],  # applies: unknown
        [Verdict.PASS, Verdict.NO_DATA, Verdict.FINDING],  # applies: true
    ],
    dtype=np.int8,
).ravel()
"""The verdict for what a rule's two expressions answer, at `applies` × `_TRUTHS` + `flag`."""
_TRUTHS = 3


@dataclass(frozen=True, slots=True)
class Answers:
    """Verdict codes of one table: a row for each rule, a column for each of the table's rows."""

    codes: tuple[str, ...]
    verdicts: Numbers

    def of(self, code: str) -> Numbers:
        """The verdicts of one rule."""
        found: Numbers = self.verdicts[self.codes.index(code)]
        return found

    def rows(self, verdict: Verdict) -> dict[str, list[int]]:
        """Rule → rows with that verdict, rules without any left out."""
        found: dict[str, list[int]] = {}
        rules, rows = np.nonzero(np.equal(self.verdicts, verdict))
        for rule, row in zip(rules.tolist(), rows.tolist(), strict=True):
            found.setdefault(self.codes[rule], []).append(row)
        return found


@dataclass(frozen=True, slots=True)
class Questions:
    """The rules of one table, and the distinct parts of what they ask, built once."""

    rules: tuple[Rule, ...]
    parts: tuple[pl.Expr, ...]
    applies: tuple[tuple[int, ...], ...]
    """By rule: the parts of its condition."""
    flags: tuple[tuple[int, ...], ...]
    """By rule: the parts of what it objects to."""

    @classmethod
    def of(cls, rules: Sequence[Rule]) -> Questions:
        """Take the rules' expressions apart."""
        known: dict[bytes, int] = {}
        parts: list[pl.Expr] = []

        def numbered(expression: pl.Expr) -> tuple[int, ...]:
            places = []
            for part in _conjuncts(expression):
                place = known.setdefault(part.meta.serialize(), len(parts))
                if place == len(parts):
                    parts.append(part.alias(str(place)))
                places.append(place)
            return tuple(dict.fromkeys(places))

        applies = tuple(numbered(rule.condition()) for rule in rules)
        flags = tuple(numbered(rule.flag) for rule in rules)
        return cls(tuple(rules), tuple(parts), applies, flags)

    def without(self, codes: set[str]) -> Questions:
        """The questions of the other rules."""
        return self.of([rule for rule in self.rules if rule.code not in codes]) if codes else self

    def ask(self, frame: pl.DataFrame, table: str, crashed: dict[str, str], alike: Alike | None = None) -> Answers:
        """The verdict of each rule on each row; rows that are history alone are not judged.

        Rules that crash are added to `crashed`, with why, and the others asked without them. With `alike`, a
        question about texts or lists is put once to each kind of row.
        """
        verdicts = np.full((len(self.rules), frame.height), Verdict.NOT_APPLICABLE, np.int8)
        answers = Answers(tuple(rule.code for rule in self.rules), verdicts)
        judged = _judged(frame, table)
        if not judged.any() or not self.rules:
            return answers
        asked = _Asked(self.parts, frame, table, alike)
        if not asked.ask(place for places in self.applies for place in places):
            return self._ask_apart(frame, table, crashed)
        applies = [asked.together(places) for places in self.applies]
        concerned = [rule for rule, answer in enumerate(applies) if answer[judged].any()]
        if not asked.ask(place for rule in concerned for place in self.flags[rule]):
            return self._ask_apart(frame, table, crashed)
        for rule in concerned:
            np.take(_VERDICT, applies[rule] * _TRUTHS + asked.together(self.flags[rule]), out=verdicts[rule])
        if not judged.all():
            verdicts[:, ~judged] = Verdict.NOT_APPLICABLE
        return answers

    def _ask_apart(self, frame: pl.DataFrame, table: str, crashed: dict[str, str]) -> Answers:
        """Some rule crashed: find out which, and ask the others."""
        for rule in self.rules:
            answered = _tried(frame, [rule.condition().alias("applies"), rule.flag.alias("flag")])
            if not isinstance(answered, pl.DataFrame):
                crashed[rule.code] = f"{type(answered).__name__} in the rule's expression"
        if not any(rule.code in crashed for rule in self.rules):
            # None crashes alone: what they do together cannot be told apart, so none of them has judged.
            crashed.update({rule.code: "crashes beside the other rules of its table" for rule in self.rules})
        return self.without(set(crashed)).ask(frame, table, crashed)


def _tried(frame: pl.DataFrame, expressions: Sequence[pl.Expr]) -> pl.DataFrame | BaseException:
    """The selection, or what it crashed with."""
    try:
        return frame.select(*expressions)
    except (Exception, pl.exceptions.PanicException) as error:  # noqa: BLE001 - told to the user as a crash
        return error


class _Asked:
    """Answers to the parts of one table, each asked once at most."""

    def __init__(self, parts: Sequence[pl.Expr], frame: pl.DataFrame, table: str, alike: Alike | None) -> None:
        self._parts = parts
        self._frame = frame
        self._table = table
        self._alike = alike
        self._numbers: dict[int, Numbers] = {}

    def ask(self, places: Iterable[int]) -> bool:
        """Ask those of the parts that have not been asked yet; false if one of them crashes."""
        wanted = sorted({place for place in places if place not in self._numbers})
        for frame, kinds, own in self._by_kinds(wanted):
            # A key beside the parts, so that a part that is a constant is as high as the table.
            key = pl.col(KEYS[self._table])
            answered = _tried(frame, [key, *(self._parts[place] for place in own)])
            if not isinstance(answered, pl.DataFrame):
                return False
            for place, numbers in zip(own, _as_numbers(answered), strict=True):
                self._numbers[place] = numbers if kinds is None else numbers[kinds.of_row]
        return True

    def _by_kinds(self, wanted: Sequence[int]) -> Iterable[tuple[pl.DataFrame, Kinds | None, list[int]]]:
        """The parts by what they read, with a row of each kind that differs in it; the plain ones with every row."""
        if self._alike is None or self._frame.height <= FEW_ROWS:
            yield self._frame, None, list(wanted)
            return
        schema = self._frame.schema
        directly: list[int] = []
        by_roots: dict[tuple[str, ...], list[int]] = {}
        for place in wanted:
            roots = read_by(self._parts[place], schema)
            dear = any(is_dear(schema[name]) for name in roots)
            (by_roots.setdefault(roots, []) if dear else directly).append(place)
        for roots, own in by_roots.items():
            kinds = self._alike.kinds(self._table, roots)
            if kinds is None:
                directly += own
            else:
                read = dict.fromkeys((KEYS[self._table], *roots))
                yield self._alike.rows(self._table, read, kinds), kinds, own
        if directly:
            yield self._frame, None, directly

    def together(self, places: Sequence[int]) -> Numbers:
        """The "and" of the parts."""
        numbers = self._numbers[places[0]]
        for place in places[1:]:
            numbers = np.minimum(numbers, self._numbers[place])
        return numbers


def _as_numbers(answered: pl.DataFrame) -> Iterable[Numbers]:
    """Every column but the first, which is the key."""
    if answered.height * answered.width <= _FEW_CELLS:
        return np.array([[_NUMBER[cell] for cell in row[1:]] for row in answered.iter_rows()], np.int8).T
    return [_truth(column.cast(pl.Boolean)) for column in answered.get_columns()[1:]]


def _truth(column: pl.Series) -> Numbers:
    numbers = column.fill_null(value=False).to_numpy().view(np.int8) * np.int8(_TRUE)
    return numbers if not column.null_count() else numbers + column.is_null().to_numpy().view(np.int8)


def _conjuncts(expression: pl.Expr) -> list[pl.Expr]:
    """The parts of which the expression is the "and"; itself where it is none."""
    operands = expression.meta.pop()
    if len(operands) == 2:  # noqa: PLR2004 - an "and" has two sides
        right, left = operands
        if (left & right).meta.eq(expression):
            return [*_conjuncts(left), *_conjuncts(right)]
    return [expression]


def _judged(frame: pl.DataFrame, table: str) -> npt.NDArray[np.bool_]:
    """Rows that are more than history: a pair is if one of its lines is."""
    if table == "pairs":
        first, second = (frame.get_column(name) for name in ("first_is_history", "second_is_history"))
        return ~(first & second).to_numpy()
    return ~frame.get_column("is_history").to_numpy()
