"""Units and assistant modifiers by brute force, from the wording of the manuals.

Slow and plain on purpose: every way to hand out the units is tried and the wording picks one. Where the wording
leaves a choice open, or where readings differ, the answer is `None` and the caller throws the dice again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

UNIT = 15
LEAST = 8

UNITS_CHART = ((8, 22, 1), (23, 37, 2), (38, 52, 3), (53, 67, 4), (68, 82, 5), (83, 97, 6), (98, 112, 7), (113, 127, 8))
"""Pub 100-04 ch. 5 §20.2: from, through, units."""


def pooled_total(minutes: int) -> int:
    """Units that a day's one-on-one minutes support, by the chart."""
    if minutes < LEAST:
        return 0
    return next(units for low, high, units in UNITS_CHART if low <= minutes <= high)


def pooled(minutes: Mapping[str, int]) -> dict[str, int] | None:
    """Units by code where all timed minutes of the day are pooled; `None` where more than one answer is allowed.

    Of all ways to hand out the day's units, those are allowed that give each code its full quarter hours and at most
    one unit more; among them the one is right whose extra units stand on the most left-over minutes.
    """
    total = pooled_total(sum(minutes.values()))
    codes = list(minutes)
    ways: list[tuple[int, tuple[int, ...]]] = []
    for units in product(*(range(minutes[code] // UNIT, minutes[code] // UNIT + 2) for code in codes)):
        if sum(units) != total:
            continue
        extra = [
            minutes[code] % UNIT for code, given in zip(codes, units, strict=True) if given > minutes[code] // UNIT
        ]
        if 0 in extra:
            continue
        ways.append((sum(extra), units))
    if not ways:
        return None
    best = max(left for left, _ in ways)
    chosen = [units for left, units in ways if left == best]
    return dict(zip(codes, chosen[0], strict=True)) if len(chosen) == 1 else None


def by_code(minutes: Mapping[str, int]) -> dict[str, int]:
    """Units by code where each code stands alone and its last unit takes eight minutes (CPT midpoint)."""
    return {
        code: max(n for n in range(60) if n == 0 or mine >= (n - 1) * UNIT + LEAST) for code, mine in minutes.items()
    }


def assistant_units(therapist: int, assistant: int, units: int) -> tuple[int, int] | None:
    """How many of one code's `units` go without and with the assistant's modifier, from 2022 on.

    `None` where the published wording does not decide, or where the two published tests of the tenth differ.
    """
    plain, marked = therapist // UNIT, assistant // UNIT
    left = units - plain - marked
    own, theirs = therapist % UNIT, assistant % UNIT
    if left < 0 or left > 2:
        return None
    if left == 0:
        return (plain, marked)
    if left == 1:
        if own >= LEAST:
            return (plain + 1, marked)
        if theirs == 0:
            return (plain + 1, marked) if own else None
        tenth = _above_a_tenth(theirs, own + theirs)
        if tenth is None:
            return None
        return (plain, marked + 1) if tenth else (plain + 1, marked)
    if 9 <= own <= 14 and 9 <= theirs <= 14 and 23 <= own + theirs <= 28:
        return (plain + 1, marked + 1)
    return None


def _above_a_tenth(part: int, whole: int) -> bool | None:
    by_share = part * 10 > whole
    by_minutes = part >= (whole + 5) // 10 + 1
    return by_share if by_share == by_minutes else None


def check_digit(stem: str) -> str:
    """The ten digits of a National Provider Identifier: Luhn over 80840 and the nine digits of `stem`."""
    return next(stem + str(digit) for digit in range(10) if luhn_holds("80840" + stem + str(digit)))


def luhn_holds(digits: str) -> bool:
    """Whether the last digit checks the others."""
    total = 0
    for place, letter in enumerate(reversed(digits)):
        value = int(letter) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def meets_none(codes: Sequence[str], edits: Mapping[tuple[str, str], int]) -> bool:
    """Whether no two of the codes meet in an edit."""
    return not any((one, other) in edits for one in codes for other in codes if one != other)
