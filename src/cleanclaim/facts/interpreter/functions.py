"""What functions of flags, numbers and lists mean, by what the tree calls them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from cleanclaim.facts.interpreter.parts import (
    COUNT,
    DAY,
    FLAG,
    LITERAL,
    NOTHING,
    RANGE,
    TEXT,
    WHOLE,
    Asked,
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


def _extreme_horizontal(best: Callable[..., Any], parts: Sequence[Part]) -> Part:
    """The least or the greatest of the numbers, or the first or the last of the days, that are known."""
    kind = parts[0].kind
    require(holds=kind in {WHOLE, DAY} and {part.kind for part in parts} == {kind})
    answers = [part.answer for part in parts]
    return Part(kind, lambda row: best(without_null(answer(row) for answer in answers), default=None))


def _coalesced(*parts: Part) -> Part:
    """The first value that is known."""
    kind = parts[0].kind
    require(holds=kind in {FLAG, TEXT, WHOLE, DAY} and {part.kind for part in parts} == {kind})
    answers = [part.answer for part in parts]
    return Part(kind, lambda row: next((value for own in answers if (value := own(row)) is not None), None))


def _contains(lists: Part, item: Part) -> Part:
    """Whether a list holds the item; null is an item too."""
    require(holds=element_kind(lists.kind) == item.kind)
    wanted, own = item.answer, lists.answer
    return Part(FLAG, lambda row: None if (cells := own(row)) is None else wanted(row) in cells)


def _length(lists: Part) -> Part:
    require(holds=lists.kind.startswith(("List(", "Set(")))
    return Part(COUNT, where_known(lists.answer, len))


def _intersection(left: Part, right: Part) -> Part:
    """What two lists share, each once; of more than one it is not known in which order, so it is a set."""
    kind = element_kind(left.kind)
    require(holds=element_kind(right.kind) == kind)
    if right.is_constant and right.constant is not None and len(right.constant) == 1:
        (only,) = right.constant
        return Part(left.kind, where_known(left.answer, lambda cells: [only] if only in cells else []))
    return Part(f"Set({kind})", where_both_known(left.answer, right.answer, lambda one, other: set(one) & set(other)))


def _concatenated(*parts: Part) -> Part:
    """Lists one behind the other; unknown where one of them is."""
    kind = parts[0].kind
    require(holds=bool(element_kind(kind)) and {part.kind for part in parts} == {kind})
    answers = [part.answer for part in parts]

    def answer(row: Asked) -> list[Any] | None:
        lists = [own(row) for own in answers]
        return None if None in lists else [cell for cells in lists for cell in cells]

    return Part(kind, answer)


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
    '"MinHorizontal"': lambda *parts: _extreme_horizontal(min, parts),
    '"MaxHorizontal"': lambda *parts: _extreme_horizontal(max, parts),
    '"Coalesce"': _coalesced,
    '{"ListExpr": "Concat"}': _concatenated,
    '{"ListExpr": {"Contains": {"nulls_equal": true}}}': _contains,
    '{"ListExpr": "Length"}': _length,
    '{"ListExpr": {"SetOperation": "Intersection"}}': _intersection,
    '{"ListExpr": "Max"}': lambda lists: _extreme(lists, max),
    '{"ListExpr": "Min"}': lambda lists: _extreme(lists, min),
    '{"ListExpr": {"Get": true}}': _element_at,
    '{"ListExpr": {"Join": true}}': _text_of_list,
}
"""What the tree calls a function, options and all, keys in order → what it means."""
