"""What functions of texts mean, by what the tree calls them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise

from cleanclaim.facts.interpreter.parts import (
    DAY,
    FLAG,
    NOTHING,
    TEXT,
    WHOLE,
    Answer,
    Asked,
    BeyondError,
    Part,
    element_kind,
    require,
    where_known,
    without_null,
)

_PATTERN = re.compile(
    r"(?P<folds>\(\?i\))?"
    r"(?:[A-Za-z0-9 ,;/#|)^$?*+-]|\((?!\?)|\{[0-9]+\}|\[\^?[A-Za-z0-9 ,;/-]+\]|(?P<names>\\[bs.]|\[\\s-\]))*"
)
"""Patterns that mean the same in every dialect; those that fold case or name a kind of letter, of ASCII text alone."""


def _replaced(text: Part, old: Part, new: Part) -> Part:
    require(holds=text.kind == TEXT and bool(old.constant) and isinstance(new.constant, str))
    before, after = old.constant, new.constant
    return Part(TEXT, where_known(text.answer, lambda value: value.replace(before, after)))


def _matches(text: Part, pattern: Part) -> Part:
    require(holds=text.kind == TEXT and isinstance(pattern.constant, str) and "--" not in pattern.constant)
    shape = _PATTERN.fullmatch(pattern.constant)
    require(holds=shape is not None)
    # Python takes "$" for a text's end and for a line's end before it, other dialects for the text's end alone.
    search = re.compile(pattern.constant.replace("$", r"\Z"), re.ASCII).search
    found = where_known(text.answer, lambda value: search(value) is not None)
    if shape is not None and (shape["folds"] or shape["names"]):
        found = where_known(_of_ascii(text), lambda value: search(value) is not None)
    return Part(FLAG, found)


def _of_ascii(text: Part) -> Answer:
    """The same text, refusing letters beyond ASCII.

    Raises:
        BeyondError: when it answers.
    """
    own = text.answer

    def answer(row: Asked) -> str | None:
        value: str | None = own(row)
        if value is not None and not value.isascii():
            raise BeyondError
        return value

    return answer


def _lowered(text: Part) -> Part:
    require(holds=text.kind == TEXT)
    return Part(TEXT, where_known(_of_ascii(text), str.lower))


def _side_by_side(*parts: Part) -> Part:
    """The known texts in a row."""
    require(holds={part.kind for part in parts} == {TEXT})
    answers = [part.answer for part in parts]
    return Part(TEXT, lambda row: ", ".join(without_null(answer(row) for answer in answers)))


def _coded(part: Part, old: Part, new: Part, default: Part) -> Part:
    """Texts replaced one for one, all others by null."""
    require(holds=part.kind == TEXT and default.kind == NOTHING)
    require(holds=old.is_constant and element_kind(old.kind) == TEXT)
    require(holds=new.is_constant and element_kind(new.kind) == TEXT)
    own, found = part.answer, dict(zip(old.constant, new.constant, strict=True))
    require(holds=None not in found)
    return Part(TEXT, lambda row: found.get(own(row)))


def _written(day: Part) -> Part:
    """A day as year, month and day."""
    require(holds=day.kind == DAY)
    return Part(TEXT, where_known(day.answer, lambda value: value.isoformat()))


def formatted(parts: Sequence[Part], text: str, places: Sequence[int]) -> Part:
    """A text with values set in at some places; unknown where one of them is.

    Raises:
        LeftToQueryError: a value is no text and no whole number, or places in the text are not those of its letters.
    """
    require(holds=text.isascii() and len(places) == len(parts) and {part.kind for part in parts} <= {TEXT, WHOLE})
    bounds = [0, *places, len(text)]
    first, *behind = (text[begin:end] for begin, end in pairwise(bounds))
    answers = [part.answer for part in parts]

    def answer(row: Asked) -> str | None:
        values = [own(row) for own in answers]
        if None in values:
            return None
        return first + "".join(f"{value}{after}" for value, after in zip(values, behind, strict=True))

    return Part(TEXT, answer)


TEXT_FUNCTIONS: dict[str, Callable[..., Part]] = {
    '{"StringExpr": {"Replace": {"literal": true, "n": -1}}}': _replaced,
    '{"StringExpr": {"Contains": {"literal": false, "strict": true}}}': _matches,
    '{"StringExpr": "Lowercase"}': _lowered,
    '{"StringExpr": {"ConcatHorizontal": {"delimiter": ", ", "ignore_nulls": true}}}': _side_by_side,
    '{"ReplaceStrict": {"return_dtype": {"Literal": "String"}}}': _coded,
    '{"TemporalExpr": {"ToString": "%Y-%m-%d"}}': _written,
}
"""What the tree calls a function, options and all, keys in order → what it means."""
