"""Cells of a flat file as values: by the column's type in the data dictionary, or by its name."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

import polars as pl

from cleanclaim.lines.flat_columns import CLAIM_COLUMNS, DOLLARS, EMPTY_IS_ABSENT, LINE_COLUMNS, OWN, column_of
from cleanclaim.lines.schema import Column
from cleanclaim.money import AmountError, parse_cents

_BREAK = re.compile(r"[\s,;:|]+")
CREDENTIALS = ("PT", "PTA", "OT", "OTA", "SLP", "together", "aide", "student", "unattended")
_LETTERS = "ABCDEFGHIJKL"


class CellError(ValueError):
    """What was expected of a cell; its text is not repeated, for it may be a patient's."""


def read_cell(name: str, text: str) -> object:
    """The value of one cell of a known column.

    Raises:
        CellError: it cannot be read; says what was expected.
    """
    if name in OWN:
        return _own(name, text)
    target = column_of(name)
    return _cell(name, CLAIM_COLUMNS.get(target) or LINE_COLUMNS[target], text)


def _own(name: str, text: str) -> object:
    if name == "diagnoses":
        return words_of(text)
    if not text:
        return None
    if name == "by":
        by = next((word for word in CREDENTIALS if word.lower() == text.lower()), None)
        if by is None:
            raise CellError(f"one of {', '.join(CREDENTIALS)}")
        return by
    return _whole(text) if name == "group_size" else text


def _cell(name: str, column: Column, text: str) -> object:
    """The value of one cell; an empty one is unknown, or absent where the dictionary says that empty means so."""
    if column.name == "modifiers":
        return [_modifier(word) for word in words_of(text.upper())]
    if not text:
        return "" if column.name in EMPTY_IS_ABSENT else None
    if name in DOLLARS:
        return _cents(text)
    reader = _BY_NAME.get(column.name) or _BY_TYPE.get(column.dtype)
    return text if reader is None else reader(text)


def words_of(text: str) -> list[str]:
    """The words of a cell that holds a list."""
    return [word for word in _BREAK.split(text) if word]


def _code(text: str) -> str:
    if not re.fullmatch(r"[0-9A-Z]{5}", text.upper()):
        raise CellError("a procedure code of five letters or digits, such as 97110")
    return text.upper()


def _modifier(word: str) -> str:
    if not re.fullmatch(r"[0-9A-Z]{2}", word):
        raise CellError("modifiers of two letters or digits, such as GP KX")
    return word


def _pointer_words(text: str) -> list[str]:
    """Pointers written apart, or as letters in one word (`ABC`)."""
    words = words_of(text)
    return [letter for word in words for letter in (word if word.isalpha() else [word])]


def pointers_of(text: str) -> list[int]:
    """The pointers of a cell, as positions from 1; raises `ValueError` for what is none."""
    return [_pointer(word) for word in _pointer_words(text.upper())]


def _pointer(word: str) -> int:
    if len(word) == 1 and word in _LETTERS:
        return _LETTERS.index(word) + 1
    if not (word.isascii() and word.isdigit() and len(word) <= 2):  # noqa: PLR2004 - a claim has 12 diagnoses
        raise CellError("positions of diagnoses, such as 1 2 or A B")
    return int(word)


def _day(text: str) -> date:
    for form in ("%Y-%m-%d", "%m/%d/%Y", "%Y%m%d"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    raise CellError("a day as YYYY-MM-DD or MM/DD/YYYY")


def _flag(text: str) -> bool:
    known = {"yes": True, "y": True, "true": True, "1": True, "no": False, "n": False, "false": False, "0": False}
    if text.lower() not in known:
        raise CellError("yes or no")
    return known[text.lower()]


def _whole(text: str) -> int:
    digits = text.removesuffix(".0").removesuffix(".00")
    if not re.fullmatch(r"-?[0-9]{1,9}", digits):
        raise CellError("a whole number")
    return int(digits)


def _cents(text: str) -> int:
    try:
        return parse_cents(text)
    except AmountError:
        raise CellError("dollars with at most two decimals, such as 120.00") from None


_BY_NAME: Mapping[str, Callable[[str], object]] = {"code": _code, "pointers": pointers_of}
_BY_TYPE: Mapping[Any, Callable[[str], object]] = {
    pl.Date: _day,
    pl.Boolean: _flag,
    pl.Int64: _whole,
    pl.List(pl.String): words_of,
}
