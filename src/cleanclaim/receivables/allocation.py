"""Which lines a patient's payment pays: those that they choose, or the oldest first; what is left is their credit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from cleanclaim.money import dollars


class AllocationError(ValueError):
    """A payment that cannot be put where it was asked for; says what was expected, no patient."""


@dataclass(frozen=True, slots=True)
class Owed:
    """What a patient owes on a line, in cents, and since when."""

    line: str
    cents: int
    since: date
    date_of_service: date


@dataclass(frozen=True, slots=True)
class Allocation:
    """Which line gets how many cents, and what is left over."""

    lines: tuple[tuple[str, int], ...]
    left_cents: int


def oldest_first(cents: int, owed: Iterable[Owed]) -> Allocation:
    """Pay what has been owed longest, and of that the earliest visit, until the money or the debt ends."""
    if cents <= 0:
        raise AllocationError(f"a payment of {dollars(cents)}; expected more than nothing")
    left, lines = cents, []
    for item in sorted(owed, key=lambda item: (item.since, item.date_of_service, item.line)):
        part = min(left, item.cents)
        if part > 0:
            lines.append((item.line, part))
            left -= part
    return Allocation(tuple(lines), left)


def chosen(cents: int, parts: Mapping[str, int], owed: Sequence[Owed]) -> Allocation:
    """Pay the lines that somebody chose, each its part; the rest of the payment is left over.

    Raises `AllocationError` where a line gets more than is owed on it, or all of them more than was paid.
    """
    if cents <= 0:
        raise AllocationError(f"a payment of {dollars(cents)}; expected more than nothing")
    limits = {item.line: item.cents for item in owed}
    lines = []
    for line, part in parts.items():
        if not part:
            continue
        most = limits.get(line, 0)
        if not 0 < part <= most:
            raise AllocationError(f"{dollars(part)} for a line; expected at most the {dollars(most)} owed on it")
        lines.append((line, part))
    left = cents - sum(part for _line, part in lines)
    if left < 0:
        raise AllocationError(f"the lines get {dollars(cents - left)}; expected at most the {dollars(cents)} paid")
    return Allocation(tuple(lines), left)
