"""What sums up the rows of a group, or the elements of a list, by what the tree calls it.

Each takes the part that is asked of every row, and answers for a list of rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from cleanclaim.facts.interpreter.parts import (
    COUNT,
    DAY,
    FLAG,
    TEXT,
    WHOLE,
    Answer,
    Part,
    all_true,
    any_true,
    require,
    within,
    without_null,
)


def _over(each: Part, together: Callable[[list[Any]], Any]) -> Answer:
    own = each.answer
    return lambda rows: together([own(row) for row in rows])


def height() -> Part:
    """How many rows there are."""
    return Part(COUNT, len)


def _listed(each: Part) -> Part:
    require(holds=each.kind in {TEXT, WHOLE})
    return Part(f"List({each.kind})", _over(each, lambda values: values))


def _least(each: Part) -> Part:
    require(holds=each.kind in {WHOLE, DAY})
    return Part(each.kind, _over(each, lambda values: min(without_null(values), default=None)))


def _greatest(each: Part) -> Part:
    require(holds=each.kind in {WHOLE, DAY})
    return Part(each.kind, _over(each, lambda values: max(without_null(values), default=None)))


def _sum(each: Part) -> Part:
    require(holds=each.kind == WHOLE)
    return Part(WHOLE, within(WHOLE, _over(each, lambda values: sum(without_null(values)))))


def _distinct(each: Part) -> Part:
    """How many different values there are; null is one."""
    require(holds=each.kind in {FLAG, TEXT, WHOLE, DAY})
    return Part(COUNT, _over(each, lambda values: len(set(values))))


def _first(each: Part) -> Part:
    require(holds=each.kind in {FLAG, TEXT, WHOLE, DAY})
    return Part(each.kind, _over(each, lambda values: values[0] if values else None))


def _nulls(each: Part) -> Part:
    return Part(COUNT, _over(each, lambda values: values.count(None)))


def _of_flags(each: Part, together: Callable[[Sequence[bool | None]], bool | None]) -> Part:
    require(holds=each.kind == FLAG)
    return Part(FLAG, _over(each, together))


AGGREGATES: dict[str, Callable[[Part], Part]] = {
    "Sum": _sum,
    "NUnique": _distinct,
    "First": _first,
    "Min": _least,
    "Max": _greatest,
    "Implode": _listed,
}
"""What the tree calls an aggregate → what it means."""

OPTIONS: dict[str, dict[str, object]] = {
    "Min": {"propagate_nans": False},
    "Max": {"propagate_nans": False},
    "Implode": {"maintain_order": True},
}
"""The options with which an aggregate is followed; the others have none."""

GROUP_FUNCTIONS: dict[str, Callable[[Part], Part]] = {
    '"NullCount"': _nulls,
    '{"Boolean": {"Any": {"ignore_nulls": false}}}': lambda each: _of_flags(each, any_true),
    '{"Boolean": {"All": {"ignore_nulls": false}}}': lambda each: _of_flags(each, all_true),
    '{"Boolean": {"Any": {"ignore_nulls": true}}}': lambda each: _of_flags(each, lambda flags: True in flags),
}
"""The same for functions that sum up, options and all, keys in order."""
