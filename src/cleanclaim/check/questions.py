"""What the rules of one table ask of it, asked together: each condition once, however many rules share it.

A rule's two expressions are taken apart at their outermost "and". Payer kinds, dates and codes stand in many rules,
so the parts are far fewer than the rules times two. What a rule objects to is asked only if the rule may apply to
some row: most rules concern another payer, another year or another code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import polars as pl

from cleanclaim.facts.alike import FEW_ROWS, Alike, Kinds, is_dear, read_by
from cleanclaim.facts.catalogue import catalogue
from cleanclaim.facts.frames import Frames
from cleanclaim.facts.interpreter.formula import Formula
from cleanclaim.facts.plain_steps import answers
from cleanclaim.lines.schema import KEYS
from cleanclaim.rules.kit import Rule, Verdict

Numbers = npt.NDArray[np.int8]
Answered = TypeVar("Answered")

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
_VERDICT_OF = {
    (applies, flag): int(_VERDICT[_NUMBER[applies] * _TRUTHS + _NUMBER[flag]])
    for applies in _NUMBER
    for flag in _NUMBER
}
"""The same by what the two expressions answer."""


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
        rules, rows = np.nonzero(np.equal(self.verdicts, int(verdict)))
        for rule, row in zip(rules.tolist(), rows.tolist(), strict=True):
            found.setdefault(self.codes[rule], []).append(row)
        return found


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
            return Answers(self.codes(), found)
        frame = frames[table]
        verdicts = np.full((len(self.rules), frame.height), Verdict.NOT_APPLICABLE, np.int8)
        answers = Answers(self.codes(), verdicts)
        judged = _judged(frame, table)
        if not judged.any() or not self.rules:
            return answers
        asked = _Asked(self.parts, frame, table, alike)
        if not asked.ask(place for places in self.applies for place in places):
            return self._ask_apart(frames, table, crashed)
        applies = [asked.together(places) for places in self.applies]
        concerned = [rule for rule, answer in enumerate(applies) if answer[judged].any()]
        if not asked.ask(place for rule in concerned for place in self.flags[rule]):
            return self._ask_apart(frames, table, crashed)
        for rule in concerned:
            np.take(_VERDICT, applies[rule] * _TRUTHS + asked.together(self.flags[rule]), out=verdicts[rule])
        if not judged.all():
            verdicts[:, ~judged] = Verdict.NOT_APPLICABLE
        return answers

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
    """Answers to the parts of one table, each asked once at most."""

    def __init__(self, parts: Sequence[Formula], frame: pl.DataFrame, table: str, alike: Alike | None) -> None:
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
            answered = _tried(partial(frame.select, key, *(self._parts[place].expr for place in own)))
            if isinstance(answered, BaseException):
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
            roots = read_by(self._parts[place].expr, schema)
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


def _histories(frames: Frames, table: str) -> list[bool]:
    """Whether each row of a small table is history alone: a pair is if both of its lines are."""
    names = ("first_is_history", "second_is_history") if table == "pairs" else ("is_history",)
    return [all(row[name] for name in names) for row in frames.rows(table, frozenset(names))]


def _judged(frame: pl.DataFrame, table: str) -> npt.NDArray[np.bool_]:
    """Rows that are more than history: a pair is if one of its lines is."""
    if table == "pairs":
        first, second = (frame.get_column(name) for name in ("first_is_history", "second_is_history"))
        return ~(first & second).to_numpy()
    return ~frame.get_column("is_history").to_numpy()
