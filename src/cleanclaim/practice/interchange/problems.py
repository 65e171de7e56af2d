"""What other systems send and cannot be taken: where it stands, and what was expected there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Misplaced:
    """One value that does not fit: its place in the sender's own terms, and what was expected. Never the value."""

    place: str
    expected: str

    def __str__(self) -> str:
        """Place and expectation in one line."""
        return f"{self.place}: expected {self.expected}"


class InterchangeError(ValueError):
    """A document that cannot be taken: everything in it that does not fit."""

    def __init__(self, problems: Iterable[Misplaced]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(map(str, self.problems)))
