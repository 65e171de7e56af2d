"""What the rules of one table ask of it, asked together: each condition once, however many rules share it.

A rule's two expressions are taken apart at their outermost "and". Payer kinds, dates and codes stand in many rules,
so the parts are far fewer than the rules times two. What a rule objects to is asked only if the rule may apply to
some row: most rules concern another payer, another year or another code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial, reduce
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import polars as pl

from cleanclaim.check.answers import Answers, AnswersByKind, AnswersByRow, Numbers, Truths
from cleanclaim.facts.alike import Alike, Together
from cleanclaim.facts.catalogue import catalogue
from cleanclaim.facts.frames import Frames
from cleanclaim.facts.interpreter.formula import Formula
from cleanclaim.facts.plain_steps import answers
from cleanclaim.facts.spread import Kinds
from cleanclaim.lines.schema import KEYS
from cleanclaim.rules.kit import Rule, Verdict

Answered = TypeVar("Answered")

_FALSE, _UNKNOWN, _TRUE = 0, 1, 2
"""Truth as numbers, in the order in which the least of several is their "and"."""
_NUMBER = {False: _FALSE, None: _UNKNOWN, True: _TRUE}

_FEW = 200
"""Up to this many rows Python turns answers into numbers sooner than a query would."""

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
_NOT_APPLICABLE = np.array([Verdict.NOT_APPLICABLE], np.int8)
_VERDICT_OF = {
    (applies, flag): int(_VERDICT[_NUMBER[applies] * _TRUTHS + _NUMBER[flag]])
    for applies in _NUMBER
    for flag in _NUMBER
}
"""The same by what the two expressions answer."""


@dataclass(frozen=True, slots=True)
class Questions:
    """The rules of one table, and the distinct parts of what they ask, built once."""

    rules: tuple[Rule, ...]
    parts: tuple[Formula, ...]
    applies: tuple[tuple[int, ...], ...]
    """By rule: the parts of its condition."""
    flags: tuple[tuple[int, ...], ...]
    """By rule: the parts of what it objects to."""

    @classmethod
    def of(cls, rules: Sequence[Rule]) -> Questions:
        """Take the rules' expressions apart; all are over one table."""
        known: dict[bytes, int] = {}
        parts: list[Formula] = []

        def numbered(expression: pl.Expr) -> tuple[int, ...]:
            places = []
            for part in _conjuncts(expression):
                place = known.setdefault(part.meta.serialize(), len(parts))
                if place == len(parts):
                    parts.append(Formula(str(place), part.alias(str(place)), pl.Boolean, kinds))
                places.append(place)
            return tuple(dict.fromkeys(places))

        kinds = catalogue().kinds(rules[0].over) if rules else str
        applies = tuple(numbered(rule.condition()) for rule in rules)
        flags = tuple(numbered(rule.flag) for rule in rules)
        return cls(tuple(rules), tuple(parts), applies, flags)

    def without(self, codes: set[str]) -> Questions:
        """The questions of the other rules."""
        return self.of([rule for rule in self.rules if rule.code not in codes]) if codes else self

    def ask(self, frames: Frames, table: str, crashed: dict[str, str], alike: Alike | None = None) -> Answers:
        """The verdict of each rule on each row; rows that are history alone are not judged.

        Rules that crash are added to `crashed`, with why, and the others asked without them. With `alike`, a
        question about texts or lists is put once to each kind of row.
        """
        if frames.are_few:
            found = _tried(partial(self._ask_few, frames, table))
            if isinstance(found, BaseException):
                return self._ask_apart(frames, table, crashed)
            return AnswersByRow(self.codes(), found)
        verdicts = dict.fromkeys(self.codes(), Truths(_NOT_APPLICABLE, frames.one(table)))
        judged = _judged(frames, table)
        if not judged.any() or not self.rules:
            return AnswersByKind(verdicts)
        asked = _Asked(self.parts, frames, table, alike or Alike(frames))
        if not asked.ask(place for places in self.applies for place in places):
            return self._ask_apart(frames, table, crashed)
        applies = [asked.together(places) for places in self.applies]
        concerned = [rule for rule, answer in enumerate(applies) if answer.numbers.any()]
        if not asked.ask(place for rule in concerned for place in self.flags[rule]):
            return self._ask_apart(frames, table, crashed)
        for rule in concerned:
            applying, flagged, kinds = asked.met(applies[rule], asked.together(self.flags[rule]))
            verdicts[self.rules[rule].code] = Truths(np.take(_VERDICT, applying * _TRUTHS + flagged), kinds)
        if not judged.all():
            verdicts = {code: Truths(_only(judged, found.by_row()), None) for code, found in verdicts.items()}
        return AnswersByKind(verdicts)

    def codes(self) -> tuple[str, ...]:
        """The rules' codes."""
        return tuple(rule.code for rule in self.rules)

    def _ask_few(self, frames: Frames, table: str) -> Numbers:
        """The verdicts on few rows; a rule's parts are asked only until one decides."""
        judged = [not is_history for is_history in _histories(frames, table)]
        if not any(judged):
            return np.full((len(self.rules), len(judged)), Verdict.NOT_APPLICABLE, np.int8)
        asked = _AskedOfFew(self.parts, frames, table, judged)
        verdicts: list[list[int]] = []
        for applies, flags in zip(self.applies, self.flags, strict=True):
            concerned = asked.together(applies)
            flagged = asked.together(flags) if True in concerned else concerned
            verdicts.append([_VERDICT_OF[truths] for truths in zip(concerned, flagged, strict=True)])
        return np.array(verdicts, np.int8).reshape(len(self.rules), len(judged))

    def _ask_apart(self, frames: Frames, table: str, crashed: dict[str, str]) -> Answers:
        """Some rule crashed: find out which, and ask the others."""
        frame = frames[table]
        for rule in self.rules:
            answered = _tried(partial(frame.select, rule.condition().alias("applies"), rule.flag.alias("flag")))
            if isinstance(answered, BaseException):
                crashed[rule.code] = f"{type(answered).__name__} in the rule's expression"
        if not any(rule.code in crashed for rule in self.rules):
            # None crashes alone: what they do together cannot be told apart, so none of them has judged.
            crashed.update({rule.code: "crashes beside the other rules of its table" for rule in self.rules})
        return self.without(set(crashed)).ask(frames, table, crashed)


def _tried(asked: Callable[[], Answered]) -> Answered | BaseException:
    """The answer, or what asking crashed with."""
    try:
        return asked()
    except (Exception, pl.exceptions.PanicException) as error:  # noqa: BLE001 - told to the user as a crash
        return error


class _AskedOfFew:
    """Answers to the parts of one table of few rows, each asked once at most; rows of history answer false."""

    def __init__(self, parts: Sequence[Formula], frames: Frames, table: str, judged: list[bool]) -> None:
        self._parts, self._frames, self._table, self._judged = parts, frames, table, judged
        self._truths: dict[int, list[bool | None]] = {}

    def together(self, places: Sequence[int]) -> list[bool | None]:
        """The "and" of the parts, row by row; parts behind one that is false throughout are not asked."""
        truths = self._of(places[0])
        for place in places[1:]:
            if not any(truth is not False for truth in truths):
                break
            truths = [
                False if one is False or other is False else None if one is None or other is None else True
                for one, other in zip(truths, self._of(place), strict=True)
            ]
        return truths

    def _of(self, place: int) -> list[bool | None]:
        truths = self._truths.get(place)
        if truths is None:
            found = answers(self._parts[place], self._frames, self._table)
            if found is None:
                frame = self._frames[self._table]
                found = frame.select(KEYS[self._table], self._parts[place].expr).to_series(1).to_list()
            truths = [answer if judged else False for answer, judged in zip(found, self._judged, strict=True)]
            self._truths[place] = truths
        return truths


class _Asked:
    """Answers to the parts of one table, each asked once at most, and of each kind of row where there are few."""

    def __init__(self, parts: Sequence[Formula], frames: Frames, table: str, alike: Alike) -> None:
        self._parts, self._frames, self._table, self._alike = parts, frames, table, alike
        self._truths: dict[int, Truths] = {}

    def ask(self, places: Iterable[int]) -> bool:
        """Ask those of the parts that have not been asked yet; false if one of them crashes."""
        wanted = sorted({place for place in places if place not in self._truths})
        by_kind, directly = self._alike.together(self._table, (self._parts[place] for place in wanted))
        for kinds, own in by_kind:
            asked = self._alike.rows(self._table, own.reads, kinds)
            if not self._answered(partial(asked.select, *own.exprs), own, kinds):
                return False
        if not directly.formulas:
            return True
        # A key first, so that a part that is a constant is as high as the table.
        key = KEYS[self._table]
        frame = self._frames.holding(self._table, (key, *directly.reads))
        return self._answered(lambda: frame.select(key, *directly.exprs).drop(key), directly, None)

    def _answered(self, asked: Callable[[], pl.DataFrame], parts: Together, kinds: Kinds | None) -> bool:
        answered = _tried(asked)
        if isinstance(answered, BaseException):
            return False
        for part, numbers in zip(parts.formulas, _as_numbers(answered), strict=True):
            # Most rules are in force on every day.
            is_same = kinds is not None and bool((numbers == numbers[0]).all())
            truths = Truths(numbers[:1], self._frames.one(self._table)) if is_same else Truths(numbers, kinds)
            self._truths[int(part.name)] = truths
        return True

    def together(self, places: Sequence[int]) -> Truths:
        """The "and" of the parts; those that are known by the same kinds of row first."""
        by_kind: dict[Kinds | None, Numbers] = {}
        for place in places:
            numbers, kinds = self._truths[place]
            by_kind[kinds] = np.minimum(by_kind[kinds], numbers) if kinds in by_kind else numbers
        return reduce(self._both, (Truths(numbers, kinds) for kinds, numbers in by_kind.items()))

    def _both(self, first: Truths, second: Truths) -> Truths:
        own, other, kinds = self.met(first, second)
        return Truths(np.minimum(own, other), kinds)

    def met(self, first: Truths, second: Truths) -> tuple[Numbers, Numbers, Kinds | None]:
        """Two answers for the same rows, or kinds of row; what holds of all rows is a single number."""
        if first.kinds is second.kinds or (second.kinds is not None and second.kinds.is_one):
            return first.numbers, second.numbers, first.kinds
        if first.kinds is not None and first.kinds.is_one:
            return first.numbers, second.numbers, second.kinds
        if first.kinds is not None and second.kinds is not None:
            finer = self._alike.finer(self._table, first.kinds, second.kinds)
            if finer is not None:
                return first.at(finer.rows), second.at(finer.rows), finer
        return first.by_row(), second.by_row(), None


def _only(judged: npt.NDArray[np.bool_], verdicts: Numbers) -> Numbers:
    """The verdicts of rows that are judged; the others are not applicable."""
    return np.where(judged, verdicts, _NOT_APPLICABLE)


def _as_numbers(answered: pl.DataFrame) -> Iterable[Numbers]:
    """What each column answers."""
    if answered.height <= _FEW:
        return np.array([[_NUMBER[cell] for cell in row] for row in answered.iter_rows()], np.int8).T
    numbers = answered.select((pl.all().cast(pl.Boolean).cast(pl.Int8) * _TRUE).fill_null(_UNKNOWN))
    return [column.to_numpy() for column in numbers.get_columns()]


def _conjuncts(expression: pl.Expr) -> list[pl.Expr]:
    """The parts of which the expression is the "and"; itself where it is none."""
    operands = expression.meta.pop()
    if len(operands) == 2:  # noqa: PLR2004 - an "and" has two sides
        right, left = operands
        if (left & right).meta.eq(expression):
            return [*_conjuncts(left), *_conjuncts(right)]
    return [expression]


def _histories(frames: Frames, table: str) -> list[bool]:
    """Whether each row of a small table is history alone: a pair is if both of its lines are."""
    names = ("first_is_history", "second_is_history") if table == "pairs" else ("is_history",)
    return [all(row[name] for name in names) for row in frames.rows(table, frozenset(names))]


def _judged(frames: Frames, table: str) -> npt.NDArray[np.bool_]:
    """Rows that are more than history: a pair is if one of its lines is."""
    if table == "pairs":
        first, second = (frames.column(table, name) for name in ("first_is_history", "second_is_history"))
        return ~(first & second).to_numpy()
    return ~frames.column(table, "is_history").to_numpy()
