"""What operators mean: comparisons, "and" and "or", arithmetic, choices and casts."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from cleanclaim.facts.interpreter.parts import (
    DAY,
    FLAG,
    LITERAL,
    NOTHING,
    NUMBERS,
    RANGE,
    SMALL,
    SPAN,
    TEXT,
    WHOLE,
    Answer,
    Asked,
    LeftToQueryError,
    Part,
    require,
    where_both_known,
    where_known,
    within,
)

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "Eq": operator.eq,
    "NotEq": operator.ne,
    "Lt": operator.lt,
    "LtEq": operator.le,
    "Gt": operator.gt,
    "GtEq": operator.ge,
}
_COMPARE_NULLS: dict[str, Callable[[Any, Any], bool]] = {"EqValidity": operator.eq, "NotEqValidity": operator.ne}
"""Comparisons for which null is a value like others."""

_CALCULATE: dict[str, Callable[[Any, Any], Any]] = {
    "Plus": operator.add,
    "Minus": operator.sub,
    "Multiply": operator.mul,
}
_DIVIDE: dict[str, Callable[[int, int], int]] = {"FloorDivide": operator.floordiv, "Modulus": operator.mod}
_OF_DAYS = {("Minus", DAY, DAY): SPAN, ("Plus", DAY, SPAN): DAY, ("Minus", DAY, SPAN): DAY}


def binary(op: str, left: Part, right: Part) -> Part:
    """Two parts joined by an operator.

    Raises:
        LeftToQueryError: the operator is not followed, or not for these types.
    """
    if op in {"And", "Or"}:
        require(holds={left.kind, right.kind} <= {FLAG, NOTHING})
        return Part(FLAG, _joined(left.answer, right.answer, decides=op == "Or"))
    if op in _COMPARE:
        require(holds=_comparable(left.kind, right.kind))
        return Part(FLAG, _compared(_COMPARE[op], left, right))
    if op in _COMPARE_NULLS:
        require(holds=_comparable(left.kind, right.kind))
        compare, one, other = _COMPARE_NULLS[op], left.answer, right.answer
        return Part(FLAG, lambda row: compare(one(row), other(row)))
    if op in _CALCULATE:
        return _calculated(op, left, right)
    if op in _DIVIDE:
        return _divided(_DIVIDE[op], left, right)
    raise LeftToQueryError


def _joined(left: Answer, right: Answer, *, decides: bool) -> Answer:
    """The "or" of two flags where true decides, the "and" where false does; the second is asked only if need be."""
    otherwise = not decides

    def answer(row: Asked) -> bool | None:
        one: bool | None = left(row)
        if one is decides:
            return decides
        other: bool | None = right(row)
        if other is decides:
            return decides
        return None if one is None or other is None else otherwise

    return answer


def _compared(compare: Callable[[Any, Any], bool], left: Part, right: Part) -> Answer:
    if right.is_constant and right.constant is not None:
        value = right.constant
        return where_known(left.answer, lambda one: compare(one, value))
    return where_both_known(left.answer, right.answer, compare)


def _comparable(left: str, right: str) -> bool:
    if NOTHING in {left, right} or {left, right} <= NUMBERS:
        return True
    return left == right and left in {FLAG, TEXT, DAY}


def _calculated(op: str, left: Part, right: Part) -> Part:
    answer = where_both_known(left.answer, right.answer, _CALCULATE[op])
    if {left.kind, right.kind} <= NUMBERS:
        kind = _meeting(left.kind, right.kind)
        require(holds=kind != LITERAL)
        return Part(kind, within(kind, answer))
    of_days = _OF_DAYS.get((op, left.kind, right.kind), "")
    require(holds=bool(of_days))
    return Part(of_days, answer)


def _divided(divide: Callable[[int, int], int], left: Part, right: Part) -> Part:
    """Whole numbers divided, down to the whole below; by 0 nothing is known."""
    require(holds=left.kind == WHOLE and right.kind in {WHOLE, LITERAL})
    by = right.answer
    answer = where_both_known(left.answer, lambda row: by(row) or None, divide)
    return Part(WHOLE, within(WHOLE, answer))


def _meeting(left: str, right: str) -> str:
    """The type that two meet in."""
    if right in {left, NOTHING} or (right == LITERAL and left in RANGE):
        return left
    if left in {NOTHING, LITERAL}:
        return _meeting(right, left)
    require(holds=WHOLE in {left, right} and {left, right} <= set(RANGE))
    return WHOLE


def ternary(predicate: Part, truthy: Part, falsy: Part) -> Part:
    """One part where the predicate is true, another where it is false or unknown."""
    require(holds=predicate.kind in {FLAG, NOTHING})
    literal = LITERAL in {truthy.kind, falsy.kind}
    require(holds=not literal or {truthy.kind, falsy.kind} <= {*NUMBERS, NOTHING})
    # Written numbers that meet no column are of 32 bits.
    kind = SMALL if {truthy.kind, falsy.kind} <= {LITERAL, NOTHING} else _meeting(truthy.kind, falsy.kind)
    condition, then, otherwise = predicate.answer, truthy.answer, falsy.answer
    return Part(kind, lambda row: then(row) if condition(row) else otherwise(row))


def cast(inner: Part, dtype: object, options: object) -> Part:
    """A flag or a whole number as a whole number of 64 bits."""
    require(holds=dtype == {"Literal": WHOLE} and options == "Strict" and inner.kind in {FLAG, *RANGE})
    return Part(WHOLE, where_known(inner.answer, int))
