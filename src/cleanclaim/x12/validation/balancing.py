"""Sums that must balance, level 3: what every balancer has in common, and exact amounts.

A balancer is told of segments by loop and id as they come, keeps only what the claim at hand needs, and reports when
that claim, or the transaction, is over. A sum with an unreadable amount in it is not judged: the amount has been
reported, and what it would have been is unknown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Protocol

from cleanclaim.x12.validation.faults import FaultKind

_AMOUNT = re.compile(r"(?P<sign>-?)(?P<whole>[0-9]{0,18})(?:\.(?P<part>[0-9]{0,2})0*)?")

Elements = list[str]
"""A segment parted at its delimiter; the first is its id."""

Hook = Callable[[Elements], None]
"""What a balancer does with a segment."""


class Reporter(Protocol):
    """Takes a sum that does not balance: where (segment number, loop, tag, element), what was found and expected."""

    def __call__(self, kind: FaultKind, number: int, loop: str, place: tuple[str, int], words: tuple[str, str]) -> None:
        """Report it."""


class Balancer(Protocol):
    """Follows one transaction; `number` is the position in the transaction of the segment at hand."""

    number: int
    hooks: Mapping[tuple[str, str], Hook]

    def finish(self) -> None:
        """The transaction is over."""


@lru_cache(maxsize=1 << 16)
def cents(text: str) -> int | None:
    """An amount in cents, exactly; `None` where it is none or has fractions of a cent."""
    match = _AMOUNT.fullmatch(text)
    if match is None or not (match["whole"] or match["part"]):
        return None
    value = int(match["whole"] or "0") * 100 + int((match["part"] or "").ljust(2, "0"))
    return -value if match["sign"] else value


def plus(total: int | None, text: str) -> int | None:
    """A sum and one more amount; unknown where either is."""
    amount = cents(text)
    return None if total is None or amount is None else total + amount


def adjustments(elements: Elements) -> int | None:
    """The sum of a CAS segment's amounts: elements 3, 6, 9 and so on."""
    total: int | None = 0
    for position in range(3, len(elements), 3):
        if elements[position]:
            total = plus(total, elements[position])
    return total


def joined(total: int | None, other: int | None) -> int | None:
    """Two sums; unknown where either is."""
    return None if total is None or other is None else total + other


def said(amount: int) -> str:
    """An amount in dollars, for a message."""
    return f"{'-' if amount < 0 else ''}{abs(amount) // 100}.{abs(amount) % 100:02d}"
