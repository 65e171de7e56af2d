"""Chances of a synthetic year: each follows from the seed and from what it is drawn for, so it can be told again."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")

WHOLE = 10_000
"""All of a share: shares are whole hundredths of a percent."""


class Draws:
    """The chances of one seed about one thing (`about`): a patient, a visit, a claim."""

    def __init__(self, seed: int, *about: str) -> None:
        self._random = Random("\x1f".join((str(seed), *about)))  # noqa: S311 - a made-up year is no secret

    def happens(self, share: int) -> bool:
        """Whether something of that chance happens."""
        return self._random.randrange(WHOLE) < share

    def between(self, least: int, most: int) -> int:
        """A whole number, both ends included."""
        return self._random.randint(least, most)

    def one(self, of: Sequence[T]) -> T:
        """One of several, all alike."""
        return self._random.choice(of)

    def some(self, of: Sequence[T], count: int) -> list[T]:
        """Several different ones, in the order drawn."""
        return self._random.sample(of, count)

    def weighted(self, of: Sequence[T], shares: Sequence[int]) -> T:
        """One of several by their shares."""
        return self._random.choices(of, shares)[0]
