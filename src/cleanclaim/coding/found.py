"""A value and the place in a text where it was found."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """A value read from characters `start` to `end` of a text."""

    value: T
    start: int
    end: int

    def moved(self, by: int) -> Found[T]:
        """The same value in a text that has `by` more characters in front."""
        return Found(self.value, self.start + by, self.end + by)


def first(pattern: re.Pattern[str], text: str, value: Callable[[re.Match[str]], T], start: int = 0) -> Found[T] | None:
    """The first match of a pattern at or after `start`, as a value with its place."""
    match = pattern.search(text, start)
    return Found(value(match), match.start(), match.end()) if match else None
