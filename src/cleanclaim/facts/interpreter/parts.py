"""What a followed part of an expression is: its type and its answer; and how unknown values are reckoned with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

Asked = Any
"""What is asked: a row (column → value), an element of a list, or all of a group of either."""
Value = Any
"""A plain value, a list of them, or None for unknown."""
Answer = Callable[[Asked], Value]

FLAG, TEXT, DAY, SPAN, NOTHING = "Boolean", "String", "Date", "Duration(time_unit='us')", "Null"
WHOLE, SMALL, TINY, COUNT = "Int64", "Int32", "Int8", "UInt32"
LITERAL = "literal"
"""A whole number written in an expression, which takes the type of what it meets."""

RANGE = {
    WHOLE: (-(1 << 63), (1 << 63) - 1),
    SMALL: (-(1 << 31), (1 << 31) - 1),
    TINY: (-(1 << 7), (1 << 7) - 1),
    COUNT: (0, (1 << 32) - 1),
}
"""The least and the greatest number of each type."""
NUMBERS = frozenset({*RANGE, LITERAL})


class BeyondError(ArithmeticError):
    """A value that is left to a query: it is beyond its type, or beyond what all languages agree on."""


class LeftToQueryError(Exception):
    """An expression, or a part of one, that is not followed."""


class Part(NamedTuple):
    """A part of an expression: its type as text, its answer, and its value where that is the same for all rows."""

    kind: str
    answer: Answer
    constant: Any = None
    is_constant: bool = False


def require(*, holds: bool) -> None:
    """Go on only if this holds.

    Raises:
        LeftToQueryError: it does not.
    """
    if not holds:
        raise LeftToQueryError


def element_kind(kind: str) -> str:
    """The type of a list's elements.

    Raises:
        LeftToQueryError: it is no list, or one of lists.
    """
    require(holds=kind.startswith("List(") and kind[5:-1] in {FLAG, TEXT, WHOLE})
    return kind[5:-1]


def where_known(answer: Answer, then: Callable[[Any], Any]) -> Answer:
    """What follows from a value; unknown where it is."""
    return lambda row: None if (value := answer(row)) is None else then(value)


def where_both_known(left: Answer, right: Answer, then: Callable[[Any, Any], Any]) -> Answer:
    """What follows from two values; unknown where one of them is."""

    def answer(row: Asked) -> Value:
        one = left(row)
        if one is None:
            return None
        other = right(row)
        return None if other is None else then(one, other)

    return answer


def within(kind: str, answer: Answer) -> Answer:
    """The same, refusing what the type cannot hold: there a query would begin again at the type's other end.

    Raises:
        BeyondError: when it answers.
    """
    least, most = RANGE[kind]

    def bounded(row: Asked) -> int | None:
        value: int | None = answer(row)
        if value is not None and not least <= value <= most:
            raise BeyondError
        return value

    return bounded


def without_null(values: Iterable[Any]) -> list[Any]:
    """The values that are known."""
    return [value for value in values if value is not None]


def all_true(flags: Sequence[bool | None]) -> bool | None:
    """Whether all are true: false if one is not, else unknown if one is unknown."""
    return False if False in flags else None if None in flags else True


def any_true(flags: Sequence[bool | None]) -> bool | None:
    """Whether one is true: true if one is, else unknown if one is unknown."""
    return True if True in flags else None if None in flags else False
