"""The value on this date: dated values, their series, what a lookup answers; and how people are told a day.

A value holds from one day through another, both inclusive, as payers write them. A series states how far
its owner has published (`known_through`); past that horizon the answer is no data, never the last value.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Generic, TypeVar

from cleanclaim.sources import Source

T = TypeVar("T")

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAY = re.compile(r"(?<![\w-])\d{4}-\d{2}-\d{2}(?![\w-])")
"""A day by itself; within a longer number, such as a claim's, it is a part of that number."""


def written(day: date) -> str:
    """A day as people in the USA read it: `Sep 25, 2026`. Programs are told `2026-09-25`."""
    return f"{_MONTHS[day.month - 1]} {day.day}, {day.year}"


def written_month(day: date) -> str:
    """The month of a day as people in the USA read it: `Sep 2026`."""
    return f"{_MONTHS[day.month - 1]} {day.year}"


def with_written_days(text: str) -> str:
    """A text with the days in it as people read them; what is no day stays as it is."""
    return _DAY.sub(_in_words, text)


def _in_words(found: re.Match[str]) -> str:
    try:
        return written(date.fromisoformat(found[0]))
    except ValueError:
        return found[0]


class LookupStatus(StrEnum):
    """Why a lookup has, or has not, a value."""

    FOUND = "found"
    NOT_LISTED = "not listed"
    """The table was read and does not have the key."""
    OUTSIDE_DATES = "outside dates"
    """The key is listed, for other dates."""
    UNKNOWN_KEY = "unknown key"
    """The key itself is unknown, so nothing can be looked up."""
    PAST_HORIZON = "past horizon"
    """The date lies beyond what has been published or loaded."""


class SeriesError(ValueError):
    """Dated values that overlap or end before they begin."""


@dataclass(frozen=True, slots=True)
class Dated(Generic[T]):
    """A value, the days it holds for, and who says so. `None` as a bound means open."""

    value: T
    valid_from: date | None
    valid_through: date | None
    source: Source

    def holds_on(self, day: date) -> bool:
        """Whether the value holds on that day."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_through is None or day <= self.valid_through
        )


@dataclass(frozen=True, slots=True)
class Lookup(Generic[T]):
    """The answer of a lookup: its status and, where found, the dated value."""

    status: LookupStatus
    dated: Dated[T] | None = None

    @property
    def value(self) -> T | None:
        """The value, or `None` when it was not found."""
        return self.dated.value if self.dated else None


@dataclass(frozen=True, slots=True)
class Series(Generic[T]):
    """One named quantity over time."""

    name: str
    label: str
    unit: str
    values: tuple[Dated[T], ...]
    known_through: date | None = None

    def __post_init__(self) -> None:
        """Refuse values that overlap, or that end before they begin."""
        ordered = sorted(self.values, key=lambda item: item.valid_from or date.min)
        for item in ordered:
            if item.valid_from and item.valid_through and item.valid_through < item.valid_from:
                raise SeriesError(f"{self.name}: a value ends {item.valid_through} before it begins {item.valid_from}")
        for earlier, later in pairwise(ordered):
            if earlier.valid_through is None or earlier.valid_through >= (later.valid_from or date.min):
                raise SeriesError(f"{self.name}: values from {earlier.valid_from} and {later.valid_from} overlap")

    def on(self, day: date | None) -> Lookup[T]:
        """The value on that day; past `known_through` there is none."""
        if day is None:
            return Lookup(LookupStatus.UNKNOWN_KEY)
        if self.known_through is not None and day > self.known_through:
            return Lookup(LookupStatus.PAST_HORIZON)
        for item in self.values:
            if item.holds_on(day):
                return Lookup(LookupStatus.FOUND, item)
        return Lookup(LookupStatus.OUTSIDE_DATES if self.values else LookupStatus.NOT_LISTED)
