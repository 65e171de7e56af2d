"""Quantiles of Student's t distribution, in decimal arithmetic, so that a limit in dollars is the same everywhere.

For whole degrees of freedom the distribution is a finite sum of powers of a cosine; no approximation and no table is
needed. Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.3 and 26.7.4.
"""

from __future__ import annotations

from decimal import Decimal, localcontext
from functools import cache

_DIGITS = 50
"""Digits of every step; some 40 of a quantile are right."""
_ENOUGH = Decimal(1).scaleb(-44)
_ZERO, _ONE, _TWO = Decimal(0), Decimal(1), Decimal(2)


@cache
def student_quantile(level: Decimal, degrees: int) -> Decimal:
    """The t below which Student's distribution lies with probability `level`.

    Args:
        level: one-sided, such as `Decimal("0.90")`; at least one half, below one.
        degrees: degrees of freedom, at least one.

    Raises:
        ValueError: an argument is outside its range.
    """
    if not Decimal("0.5") <= level < 1:
        raise ValueError(f"level {level}; expected at least 0.5 and below 1")
    if degrees < 1:
        raise ValueError(f"{degrees} degrees of freedom; expected at least 1")
    with localcontext() as context:
        context.prec = _DIGITS
        wanted = 2 * level - 1
        slope = _slope(degrees)
        angle = _ZERO
        # The probability is concave in the angle, so Newton's steps come from below and never pass the root.
        while True:
            sine, cosine = _sine_and_cosine(angle)
            step = (wanted - _central(angle, sine, cosine, degrees)) / (slope * cosine ** (degrees - 1))
            angle += step
            if step < _ENOUGH:
                break
        sine, cosine = _sine_and_cosine(angle)
        return Decimal(degrees).sqrt() * sine / cosine


def _central(angle: Decimal, sine: Decimal, cosine: Decimal, degrees: int) -> Decimal:
    """The probability that t lies within `±sqrt(degrees) * tan(angle)`."""
    is_odd = degrees % 2 == 1
    squared = cosine * cosine
    term = cosine if is_odd else _ONE
    total = _ZERO
    for factor in range(2 if is_odd else 1, degrees, 2):
        total += term
        term = term * squared * factor / (factor + 1)
    if is_odd:
        return _TWO / _pi() * (angle + sine * total)
    return sine * total


def _slope(degrees: int) -> Decimal:
    """By how much that probability grows with the angle, at zero."""
    slope = _TWO / _pi() if degrees % 2 else _ONE
    for lower in range(1 if degrees % 2 else 2, degrees, 2):
        slope = slope * (lower + 1) / lower
    return slope


def _sine_and_cosine(angle: Decimal) -> tuple[Decimal, Decimal]:
    """Sine and cosine of an angle from 0 through a right angle, by their power series."""
    sine = cosine = _ZERO
    term = _ONE
    place = 0
    while abs(term) > _ENOUGH * _ENOUGH:
        if place % 2:
            sine += term if place % 4 == 1 else -term
        else:
            cosine += term if place % 4 == 0 else -term
        place += 1
        term = term * angle / place
    return sine, cosine


@cache
def _pi() -> Decimal:
    """The number pi, by Machin's formula."""

    def arc_tangent_of_inverse(number: int) -> Decimal:
        power = _ONE / number
        total, place = _ZERO, 1
        while power > _ENOUGH * _ENOUGH:
            total += power / place if place % 4 == 1 else -power / place
            power /= number * number
            place += 2
        return total

    with localcontext() as context:
        context.prec = _DIGITS
        return 4 * (4 * arc_tangent_of_inverse(5) - arc_tangent_of_inverse(239))
