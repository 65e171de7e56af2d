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
)
"""The verdict for what a rule's two expressions answer."""


@dataclass(frozen=True, slots=True)
class Answers:
    """Verdict codes of one table: a row for each of its rows, a column for each rule."""

    codes: tuple[str, ...]
    verdicts: Numbers

    def of(self, code: str) -> Numbers:
        """The verdicts of one rule."""
        found: Numbers = self.verdicts[:, self.codes.index(code)]
        return found

    def rows(self, verdict: Verdict) -> dict[str, list[int]]:
        """Rule → rows with that verdict, rules without any left out."""
        found: dict[str, list[int]] = {}
        columns, rows = np.nonzero(np.equal(self.verdicts.T, verdict))
        for column, row in zip(columns.tolist(), rows.tolist(), strict=True):
            found.setdefault(self.codes[column], []).append(row)
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

    def ask(self, frame: pl.DataFrame, table: str, crashed: dict[str, str]) -> Answers:
        """The verdict of each rule on each row; rows that are history alone are not judged.

        Rules that crash are added to `crashed`, with why, and the others asked without them.
        """
        verdicts = np.full((frame.height, len(self.rules)), Verdict.NOT_APPLICABLE, np.int8)
        answers = Answers(tuple(rule.code for rule in self.rules), verdicts)
        judged = _judged(frame, table)
        if not judged.any() or not self.rules:
            return answers
        asked = _Asked(self.parts, frame, KEYS[table])
        if not asked.ask(place for places in self.applies for place in places):
            return self._ask_apart(frame, table, crashed)
        applies = np.array([asked.together(places) for places in self.applies])
        concerned = np.flatnonzero((applies[:, judged] != _FALSE).any(axis=1)).tolist()
        if not asked.ask(place for rule in concerned for place in self.flags[rule]):
            return self._ask_apart(frame, table, crashed)
        if concerned:
            flags = np.array([asked.together(self.flags[rule]) for rule in concerned])
            verdicts[:, concerned] = _VERDICT[applies[concerned], flags].T
        verdicts[~judged] = Verdict.NOT_APPLICABLE
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

    def __init__(self, parts: Sequence[pl.Expr], frame: pl.DataFrame, key: str) -> None:
        self._parts = parts
        self._frame = frame
        # A key beside the parts, so that a part that is a constant is as high as the table.
        self._key = pl.col(key)
        self._numbers: dict[int, Numbers] = {}

    def ask(self, places: Iterable[int]) -> bool:
        """Ask those of the parts that have not been asked yet; false if one of them crashes."""
        wanted = sorted({place for place in places if place not in self._numbers})
        if not wanted:
            return True
        answered = _tried(self._frame, [self._key, *(self._parts[place] for place in wanted)])
        if not isinstance(answered, pl.DataFrame):
            return False
        self._numbers.update(zip(wanted, _as_numbers(answered), strict=True))
        return True

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
    truth = pl.nth(range(1, answered.width)).cast(pl.Boolean).cast(pl.Int8)
    return answered.select((truth * _TRUE).fill_null(_UNKNOWN)).to_numpy().T


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
