"""Unit counting a second time, by another road: try every division of units and keep what the manual's words allow.

Shares nothing with `cleanclaim.units`: the chart is a table, divisions are enumerated, the closest to the minutes is
kept; the assistant's part is poured minute by minute into boxes of fifteen, and shares are fractions.
"""

from __future__ import annotations

import functools
import itertools
from bisect import bisect_right
from fractions import Fraction

import numpy as np

# Pub 100-04 ch. 5 §20.2.C: the first minute at which the day holds 1, 2, 3 … units.
CHART = (8, 23, 38, 53, 68, 83, 98, 113, 128, 143, 158, 173, 188, 203, 218, 233, 248, 263, 278, 293)


def units_on_chart(total: int) -> int:
    return bisect_right(CHART, total)


@functools.cache
def divisions(units: int, codes: int) -> np.ndarray:
    """Every way to give `units` to `codes`, one row each."""
    rows = []
    for bars in itertools.combinations(range(units + codes - 1), codes - 1):
        edges = (-1, *bars, units + codes - 1)
        rows.append([right - left - 1 for left, right in itertools.pairwise(edges)])
    return np.array(rows, dtype=np.int64)


def closest(minutes: np.ndarray, units: int) -> np.ndarray:
    """Mark, for days with the same number of codes and units, the divisions closest to the minutes given.

    `minutes` is days by codes; the answer is days by divisions. Closest: the least sum of squared minutes billed
    too many or too few. That keeps whole blocks with their code and sends what is left where most is left.
    """
    tried = divisions(units, minutes.shape[1])
    distance = ((15 * tried[None, :, :] - minutes[:, None, :]) ** 2).sum(axis=2)
    kept: np.ndarray = distance == distance.min(axis=1, keepdims=True)
    return kept


def allowed_divisions(minutes: tuple[int, ...]) -> list[tuple[int, ...]]:
    """The divisions of one day that the rule allows; several when there is a tie."""
    if not minutes:
        return [()]
    units = units_on_chart(sum(minutes))
    kept = closest(np.array([minutes]), units)[0]
    return [tuple(int(part) for part in row) for row in divisions(units, len(minutes))[kept]]


def midpoint_units(minutes: int) -> int:
    """Count a code alone: one block of 15 after another, the last one when more than half of it was used."""
    units = 0
    while minutes > 0:
        units += Fraction(min(minutes, 15), 15) > Fraction(1, 2)
        minutes -= 15
    return units


def over_share(assistant: int, total: int, *, simple: bool) -> bool:
    if not simple:
        return total > 0 and Fraction(assistant, total) > Fraction(1, 10)
    tenth = Fraction(total, 10)
    whole = tenth.numerator // tenth.denominator
    rounded = whole + (tenth - whole >= Fraction(1, 2))
    return assistant >= rounded + 1


def pour(minutes: int) -> tuple[int, int]:
    """Fill boxes of fifteen; the full boxes and what is left in the last."""
    full = left = 0
    for _ in range(minutes):
        left += 1
        if left == 15:
            full, left = full + 1, 0
    return full, left


def assistant_units(therapist: int, assistant: int, units: int, *, from_2022: bool, simple: bool) -> int | None:
    """Count the units of one 15-minute code with the modifier; `None` when no rule that was read describes the case."""
    if units == 0 or assistant == 0:
        return 0
    therapist_full, therapist_left = pour(therapist)
    assistant_full, assistant_left = pour(assistant)
    open_units = units - therapist_full - assistant_full
    if open_units == 0:
        return assistant_full
    if open_units == 1 and therapist_left + assistant_left:
        if from_2022 and therapist_left >= 8:
            return assistant_full
        return assistant_full + over_share(assistant_left, therapist_left + assistant_left, simple=simple)
    if open_units == 2 and from_2022:
        each = all(part in range(9, 15) for part in (therapist_left, assistant_left))
        if each and therapist_left + assistant_left in range(23, 29):
            return assistant_full + 1
    return None
