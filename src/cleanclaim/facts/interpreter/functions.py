"""What functions of flags, numbers and lists mean, by what the tree calls them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cleanclaim.facts.interpreter.parts import (
    COUNT,
    FLAG,
    LITERAL,
    NOTHING,
    RANGE,
    TEXT,
    WHOLE,
    Part,
    all_true,
    element_kind,
    require,
    where_both_known,
    where_known,
    without_null,
)


def _not(part: Part) -> Part:
    require(holds=part.kind in {FLAG, NOTHING})
    return Part(FLAG, where_known(part.answer, lambda flag: not flag))


def _is_null(part: Part) -> Part:
    answer = part.answer
    return Part(FLAG, lambda row: answer(row) is None)


def _is_not_null(part: Part) -> Part:
    answer = part.answer
    return Part(FLAG, lambda row: answer(row) is not None)


def _is_in(part: Part, choices: Part) -> Part:
    """One of some values that are written down, none of them null."""
    require(holds=choices.is_constant and choices.constant is not None and None not in choices.constant)
    element = element_kind(choices.kind)
    require(holds=part.kind == element or (part.kind in RANGE and element == WHOLE))
    chosen = frozenset(choices.constant)
    return Part(FLAG, where_known(part.answer, lambda value: value in chosen))


def _all_horizontal(*parts: Part) -> Part:
    require(holds={part.kind for part in parts} == {FLAG})
    answers = [part.answer for part in parts]
    return Part(FLAG, lambda row: all_true([answer(row) for answer in answers]))


def _min_horizontal(*parts: Part) -> Part:
    """The least of the numbers that are known."""
    require(holds={part.kind for part in parts} == {WHOLE})
    answers = [part.answer for part in parts]
    return Part(WHOLE, lambda row: min(without_null(answer(row) for answer in answers), default=None))


def _contains(lists: Part, item: Part) -> Part:
    """Whether a list holds the item; null is an item too."""
    require(holds=element_kind(lists.kind) == item.kind)
    wanted, own = item.answer, lists.answer
    return Part(FLAG, lambda row: None if (cells := own(row)) is None else wanted(row) in cells)


def _length(lists: Part) -> Part:
    require(holds=lists.kind.startswith(("List(", "Set(")))
    return Part(COUNT, where_known(lists.answer, len))


def _intersection(left: Part, right: Part) -> Part:
    """What two lists share, each once; in which order is not known, so it is a set, of which the length is asked."""
    kind = element_kind(left.kind)
    require(holds=element_kind(right.kind) == kind)
    return Part(f"Set({kind})", where_both_known(left.answer, right.answer, lambda one, other: set(one) & set(other)))


def _extreme(lists: Part, best: Callable[..., Any]) -> Part:
    require(holds=element_kind(lists.kind) == WHOLE)
    return Part(WHOLE, where_known(lists.answer, lambda cells: best(without_null(cells), default=None)))


def _element_at(lists: Part, place: Part) -> Part:
    """The element at a place from 0 on; null beyond the end."""
    require(holds=place.kind == LITERAL and place.constant >= 0)
    index = place.constant
    return Part(
        element_kind(lists.kind),
        where_known(lists.answer, lambda cells: cells[index] if index < len(cells) else None),
    )


def _text_of_list(lists: Part, separator: Part) -> Part:
    """The known elements as one text."""
    require(holds=element_kind(lists.kind) == TEXT and isinstance(separator.constant, str))
    between = separator.constant
    return Part(TEXT, where_known(lists.answer, lambda cells: between.join(without_null(cells))))


FUNCTIONS: dict[str, Callable[..., Part]] = {
    '{"Boolean": "Not"}': _not,
    '{"Boolean": "IsNull"}': _is_null,
    '{"Boolean": "IsNotNull"}': _is_not_null,
    '{"Boolean": {"IsIn": {"nulls_equal": false}}}': _is_in,
    '{"Boolean": "AllHorizontal"}': _all_horizontal,
    '"MinHorizontal"': _min_horizontal,
    '{"ListExpr": {"Contains": {"nulls_equal": true}}}': _contains,
    '{"ListExpr": "Length"}': _length,
    '{"ListExpr": {"SetOperation": "Intersection"}}': _intersection,
    '{"ListExpr": "Max"}': lambda lists: _extreme(lists, max),
    '{"ListExpr": "Min"}': lambda lists: _extreme(lists, min),
    '{"ListExpr": {"Get": true}}': _element_at,
    '{"ListExpr": {"Join": true}}': _text_of_list,
}
"""What the tree calls a function, options and all, keys in order → what it means."""
