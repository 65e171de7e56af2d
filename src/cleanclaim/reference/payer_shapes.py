"""How the value of a payer's setting is written, what it becomes, and which columns it fills.

A shape checks what stands in a file and never guesses: a value of another type, an unknown word or a field too many
is a `ShapeError` that says where inside the value, what stands there and what was expected. It knows no setting by
name; those are in `payer_settings`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, NamedTuple

import polars as pl

from cleanclaim.money import AmountError, scaled

_CODE = re.compile(r"[0-9A-Z][0-9]{3}[0-9A-Z]")
_MODIFIER = re.compile(r"[0-9A-Z]{2}")
_CODE_RANGE = re.compile(r"(?P<prefix>[A-Z]?)(?P<first>[0-9]{4,5})-(?P=prefix)(?P<last>[0-9]{4,5})")
_LONGEST_RANGE = 400
_LONGEST_TEXT = 300


class PayerColumn(NamedTuple):
    """One column of the frame that `resolve` returns."""

    name: str
    dtype: pl.DataType
    unit: str
    meaning: str


class ShapeError(ValueError):
    """A value of the wrong shape: where inside the value, what stands there, what was expected."""

    def __init__(self, found: object, expected: str, at: str = "") -> None:
        super().__init__(at, found, expected)
        self.at, self.found, self.expected = at, found, expected


class Shape:
    """How a value is written in a file, what it becomes, and which columns it fills."""

    dtype: pl.DataType | None = None
    """The type of the one column a plain value fills; `None` when it fills none or several."""

    def read(self, value: object) -> Any:  # noqa: ANN401
        """Return the checked value, or raise `ShapeError`."""
        raise NotImplementedError

    def columns(self, name: str, unit: str, meaning: str) -> list[PayerColumn]:
        """The columns, each named `payer_<name>` or `payer_<name>_<field>`."""
        return [] if self.dtype is None else [PayerColumn(f"payer_{name}", self.dtype, unit, meaning)]

    def cells(self, value: Any) -> list[Any]:  # noqa: ANN401
        """The cells of those columns; `None` (unknown) fills each with null."""
        return [] if self.dtype is None else [value]


class Flag(Shape):
    """`true` or `false`."""

    dtype = pl.Boolean()

    def read(self, value: object) -> bool:
        """Return the truth value."""
        if not isinstance(value, bool):
            raise ShapeError(value, "true or false")
        return value


class Choice(Shape):
    """One of a few words."""

    dtype = pl.String()

    def __init__(self, *options: str) -> None:
        """Take the words allowed."""
        self.options = options

    def read(self, value: object) -> str:
        """Return the word."""
        if not isinstance(value, str) or value not in self.options:
            raise ShapeError(value, "one of " + ", ".join(self.options))
        return value


class Whole(Shape):
    """A whole number, not negative."""

    dtype = pl.Int64()

    def __init__(self, minimum: int = 1) -> None:
        """Take the least number allowed."""
        self.minimum = minimum

    def read(self, value: object) -> int:
        """Return the number."""
        if not isinstance(value, int) or isinstance(value, bool) or value < self.minimum:
            raise ShapeError(value, f"a whole number, {self.minimum} or more")
        return value


class Decimal(Shape):
    """A decimal number in quotes, kept as an integer at a scale, so that no float comes near money."""

    dtype = pl.Int64()

    def __init__(self, scale: int, example: str) -> None:
        """Take the scale of the integer and an example of the text."""
        self.scale = scale
        self.example = example

    def read(self, value: object) -> int:
        """Return the scaled integer."""
        expected = f'a decimal number in quotes, such as "{self.example}"'
        if not isinstance(value, str):
            raise ShapeError(value, expected)
        try:
            number = scaled(value, self.scale)
        except AmountError:
            raise ShapeError(value, expected) from None
        if number < 0:
            raise ShapeError(value, f"{expected}, not negative")
        return number


class Text(Shape):
    """A short text."""

    dtype = pl.String()

    def read(self, value: object) -> str:
        """Return the text without surrounding blanks."""
        if not isinstance(value, str) or not value.strip() or len(value) > _LONGEST_TEXT:
            raise ShapeError(value, f"text of 1 to {_LONGEST_TEXT} characters")
        return value.strip()


class Day(Shape):
    """A date, without quotes."""

    dtype = pl.Date()

    def read(self, value: object) -> date:
        """Return the date."""
        if not isinstance(value, date) or isinstance(value, datetime):
            raise ShapeError(value, "a date without quotes, such as 2023-01-01")
        return value


class Several(Shape):
    """A list of words that match a pattern; empty means that there are none. Kept sorted."""

    dtype = pl.List(pl.String())

    def __init__(self, pattern: str, expected: str) -> None:
        """Take the pattern of one word and how to say it."""
        self.pattern = re.compile(pattern)
        self.expected = expected

    def read(self, value: object) -> tuple[str, ...]:
        """Return the words, sorted; a repeated word is refused."""
        words: list[str] = []
        for item in self._items(value):
            if not isinstance(item, str) or not self.pattern.fullmatch(item):
                raise ShapeError(item, self.expected)
            words.append(item)
        return self._sorted(words)

    def cells(self, value: Any) -> list[Any]:  # noqa: ANN401
        """One list cell."""
        return [None if value is None else list(value)]

    def _items(self, value: object) -> list[object]:
        if not isinstance(value, list):
            raise ShapeError(value, f"a list, each item {self.expected}")
        return value

    def _sorted(self, words: list[str]) -> tuple[str, ...]:
        for word in words:
            if words.count(word) > 1:
                raise ShapeError(word, "each item once")
        return tuple(sorted(words))


class Codes(Several):
    """A list of procedure codes; `98970-98972` stands for every code between."""

    def __init__(self) -> None:
        """Take no more: the pattern of a code is fixed."""
        super().__init__(_CODE.pattern, 'a procedure code such as "97110" or a range such as "98970-98972"')

    def read(self, value: object) -> tuple[str, ...]:
        """Return the codes, ranges written out, sorted."""
        codes: list[str] = []
        for item in self._items(value):
            if isinstance(item, str) and _CODE.fullmatch(item):
                codes.append(item)
            else:
                codes.extend(self._range(item))
        return self._sorted(codes)

    def _range(self, item: object) -> Iterable[str]:
        match = _CODE_RANGE.fullmatch(item) if isinstance(item, str) else None
        if match is None or len(match["first"]) != len(match["last"]):
            raise ShapeError(item, self.expected)
        prefix, width = match["prefix"], len(match["first"])
        codes = [f"{prefix}{number:0{width}}" for number in range(int(match["first"]), int(match["last"]) + 1)]
        if not codes or len(codes) > _LONGEST_RANGE or not _CODE.fullmatch(codes[0]):
            raise ShapeError(item, f"a range that rises and holds at most {_LONGEST_RANGE} codes")
        return codes


class RecordField(NamedTuple):
    """One field of a record: its shape, what it means and its unit; `required` in every record of the kind.

    A field that is left out is unknown, unless it has a `default`.
    """

    name: str
    shape: Shape
    meaning: str
    unit: str = ""
    required: bool = False
    default: Any = None


class Group(Shape):
    """A table of named fields. A field left out is unknown."""

    def __init__(self, *fields: RecordField, needs: tuple[tuple[str, str, str], ...] = ()) -> None:
        """Take the fields, and `needs`: (field, word, other field that this word makes required)."""
        self.fields = fields
        self.needs = needs

    def read(self, value: object) -> Mapping[str, Any]:
        """Return the checked fields, read-only; a field left out is absent from the mapping."""
        names = [item.name for item in self.fields]
        if not isinstance(value, dict):
            raise ShapeError(value, "a table with " + ", ".join(names))
        for key in value:
            if key not in names:
                raise ShapeError(key, "one of the fields " + ", ".join(names))
        found: dict[str, Any] = {}
        for item in self.fields:
            if item.name in value:
                try:
                    found[item.name] = item.shape.read(value[item.name])
                except ShapeError as problem:
                    at = f"{item.name}.{problem.at}" if problem.at else item.name
                    raise ShapeError(problem.found, problem.expected, at) from None
            elif item.required:
                raise ShapeError(None, "a value in every such table", item.name)
            elif item.default is not None:
                found[item.name] = item.default
        for name, word, needed in self.needs:
            if found.get(name) == word and needed not in value:
                raise ShapeError(None, f"a value where {name} is {word}", needed)
        return MappingProxyType(found)

    def columns(self, name: str, unit: str, meaning: str) -> list[PayerColumn]:
        """One column per field."""
        return [
            column
            for item in self.fields
            for column in item.shape.columns(f"{name}_{item.name}", item.unit or unit, f"{meaning} {item.meaning}")
        ]

    def cells(self, value: Any) -> list[Any]:  # noqa: ANN401
        """The cells of every field."""
        return [cell for item in self.fields for cell in item.shape.cells(value.get(item.name) if value else None)]


class Rows(Shape):
    """A list of tables with the same fields, such as pairs or fees. It fills no column: see `own_pairs`, `fees`."""

    def __init__(self, *fields: RecordField) -> None:
        """Take the fields of a row."""
        self.row = Group(*fields)

    def read(self, value: object) -> tuple[Mapping[str, Any], ...]:
        """Return the rows in the order of the file."""
        if not isinstance(value, list):
            raise ShapeError(value, "a list of tables")
        rows = []
        for index, item in enumerate(value):
            try:
                rows.append(self.row.read(item))
            except ShapeError as problem:
                at = f"[{index}].{problem.at}" if problem.at else f"[{index}]"
                raise ShapeError(problem.found, problem.expected, at) from None
        return tuple(rows)


class Code(Choice):
    """One procedure code."""

    def __init__(self) -> None:
        """Take no more: the pattern of a code is fixed."""
        super().__init__()

    def read(self, value: object) -> str:
        """Return the code."""
        if not isinstance(value, str) or not _CODE.fullmatch(value):
            raise ShapeError(value, 'a procedure code such as "97110"')
        return value


class Modifier(Choice):
    """One modifier."""

    def __init__(self) -> None:
        """Take no more: the pattern of a modifier is fixed."""
        super().__init__()

    def read(self, value: object) -> str:
        """Return the modifier."""
        if not isinstance(value, str) or not _MODIFIER.fullmatch(value):
            raise ShapeError(value, 'a modifier such as "CQ"')
        return value
