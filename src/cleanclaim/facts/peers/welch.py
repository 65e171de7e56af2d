"""Welch's test: how likely one mean lies above another by as much as it does, if nothing were behind it.

Statistics only: no money passes through these floats.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

_STEPS = 300
_ENOUGH = 1e-12
_TINY = 1e-300


@dataclass(frozen=True, slots=True)
class Sample:
    """Observations summed up: how many, their mean, and their variance (divided by one less than their number)."""

    count: int
    mean: float
    variance: float

    @classmethod
    def of(cls, count: int, summed: float, squares: float) -> Sample:
        """From the number of observations, their sum and the sum of their squares."""
        mean = summed / count
        variance = max(squares - count * mean * mean, 0.0) / (count - 1) if count > 1 else math.nan
        return cls(count, mean, variance)


def chance_above(one: Sample, other: Sample) -> float:
    """The one-sided p-value of `one` having the higher mean; 1 where a sample is too small to vary.

    Two samples that do not vary at all give 0 where the first mean is higher, else 1.
    """
    if one.count < 2 or other.count < 2:  # noqa: PLR2004 - one observation has no variance
        return 1.0
    parts = one.variance / one.count, other.variance / other.count
    spread = sum(parts)
    if spread == 0:
        return 0.0 if one.mean > other.mean else 1.0
    t = (one.mean - other.mean) / math.sqrt(spread)
    freedom = spread**2 / (parts[0] ** 2 / (one.count - 1) + parts[1] ** 2 / (other.count - 1))
    tail = regularized_beta(freedom / 2, 0.5, freedom / (freedom + t * t)) / 2
    return tail if t > 0 else 1 - tail


def regularized_beta(a: float, b: float, x: float) -> float:
    """The regularized incomplete beta function I_x(a, b), by its continued fraction (Lentz's method)."""
    if x <= 0:
        return 0.0
    if x >= 1:
        return 1.0
    log_front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    front = math.exp(log_front)
    # The fraction converges quickly on one side of the peak; the other side follows by symmetry.
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(a, b, x) / a
    return 1 - front * _fraction(b, a, 1 - x) / b


def _fraction(a: float, b: float, x: float) -> float:
    c, d = 1.0, 1 / _away(1 - (a + b) * x / (a + 1))
    value = d
    for step in range(1, _STEPS):
        even = step * (b - step) * x / ((a + 2 * step - 1) * (a + 2 * step))
        odd = -(a + step) * (a + b + step) * x / ((a + 2 * step) * (a + 2 * step + 1))
        for term in (even, odd):
            d = 1 / _away(1 + term * d)
            c = _away(1 + term / c)
            value *= c * d
        if abs(c * d - 1) < _ENOUGH:
            break
    return value


def _away(number: float) -> float:
    """The number, kept off zero."""
    return number if abs(number) > _TINY else _TINY
