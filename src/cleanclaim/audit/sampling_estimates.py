"""What a reviewed sample says of all claims: dollars overpaid, and how many claims are in error, with their limits.

The formulas are those of RAT-STATS, the program of the Office of Inspector General for such samples: variable
appraisal (unrestricted and stratified) for dollars, attribute appraisal for claims in error. Amounts go in and come
out as whole cents; between them nothing is rounded.

Sources: OIG Office of Audit Services, RAT-STATS Companion Manual, Attribute Appraisals (2-2, 2-6) and Variable
Appraisals (3-2, 3-8); Cochran, Sampling Techniques (3rd edition), chapters 2 and 5, with Satterthwaite's approximation
of 5.4 for the degrees of freedom of a stratified sample.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from math import comb

from cleanclaim.audit.sampling_student import student_quantile
from cleanclaim.money import Cents, divide

CONFIDENCES = (80, 90, 95)
"""Percent of the two-sided intervals. The lower limit of the first is the one-sided 90 % lower limit."""

_DIGITS = 50
_HUNDRED = 100


class EstimateError(ValueError):
    """A sample from which nothing can be estimated: names the stratum, and what was expected."""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """The reviewed claims of one stratum, summed up: amounts overpaid in cents, underpayments negative."""

    name: str
    universe: int
    """Claims of the stratum in the frame."""
    count: int
    """Claims of it that were reviewed."""
    total: int
    """Sum of the amounts."""
    squares: int
    """Sum of the squares of the amounts."""

    @classmethod
    def of(cls, name: str, universe: int, amounts: Sequence[Cents]) -> Reviewed:
        """From the amounts one by one."""
        return cls(name, universe, len(amounts), sum(amounts), sum(amount * amount for amount in amounts))

    def variance(self) -> Fraction:
        """The variance of the amounts, divided by one less than their number; zero where all claims were reviewed."""
        if self.count == self.universe:
            return Fraction(0)
        return Fraction(self.count * self.squares - self.total**2, self.count * (self.count - 1))

    def weight(self) -> Fraction:
        """By what the variance is multiplied for the total: `N (N - n) / n`, the correction for a finite universe."""
        return Fraction(self.universe * (self.universe - self.count), self.count)


@dataclass(frozen=True, slots=True)
class Interval:
    """A two-sided confidence interval. One-sided, each of its limits holds with half of what it leaves out."""

    confidence: int
    """Percent."""
    lower: int
    upper: int


@dataclass(frozen=True, slots=True)
class DollarEstimate:
    """Dollars overpaid on all claims of the frame, in cents."""

    universe: int
    count: int
    strata: int
    point: Cents
    standard_error: Cents
    degrees: int
    """Degrees of freedom of the t by which the limits are drawn."""
    lower_one_sided_90: Cents
    """With a confidence of 90 %, at least this much was overpaid."""
    intervals: tuple[Interval, ...]


@dataclass(frozen=True, slots=True)
class ErrorEstimate:
    """Claims of the frame that are in error."""

    universe: int
    count: int
    errors: int
    """Claims of the sample in error."""
    point: int
    is_exact: bool
    """Whether the limits are those of the hypergeometric distribution itself, not of an approximation."""
    lower_one_sided_90: int
    intervals: tuple[Interval, ...]


def estimate_dollars(strata: Sequence[Reviewed]) -> DollarEstimate:
    """Dollars overpaid on all claims, from the reviewed ones.

    The limits are Student's t times the standard error off the point estimate. A simple random sample is one stratum,
    with `n - 1` degrees of freedom; of several strata the degrees are Satterthwaite's, rounded down, which makes the
    interval wider, never narrower.

    Raises:
        EstimateError: a stratum has no or only one reviewed claim of several, or more than it has claims.
    """
    _check(strata)
    parts = [Fraction(part.universe * part.total, part.count) for part in strata]
    point = sum(parts, Fraction(0))
    variance = sum((part.weight() * part.variance() for part in strata), Fraction(0))
    degrees = _degrees(strata, variance)
    with localcontext() as context:
        context.prec = _DIGITS
        error = _decimal(variance).sqrt()

        def limits(confidence: int) -> Interval:
            level = (Decimal(confidence) / _HUNDRED + 1) / 2
            off = student_quantile(level, degrees) * error
            return Interval(confidence, _whole(_decimal(point) - off), _whole(_decimal(point) + off))

        intervals = tuple(limits(confidence) for confidence in CONFIDENCES)
        standard_error = _whole(error)
    return DollarEstimate(
        universe=sum(part.universe for part in strata),
        count=sum(part.count for part in strata),
        strata=len(strata),
        point=divide(point.numerator, point.denominator),
        standard_error=standard_error,
        degrees=degrees,
        lower_one_sided_90=intervals[0].lower,
        intervals=intervals,
    )


def estimate_errors(strata: Sequence[Reviewed]) -> ErrorEstimate:
    """How many claims are in error, from the reviewed ones; an amount is 1 for a claim in error, else 0.

    For a simple random sample the limits are exact. For a stratified one they are those of `estimate_dollars` on
    ones and zeros, kept between the errors that were seen and the claims that were not seen to be right.

    Raises:
        EstimateError: as `estimate_dollars`.
    """
    _check(strata)
    errors = sum(part.total for part in strata)
    universe, count = sum(part.universe for part in strata), sum(part.count for part in strata)
    if len(strata) == 1:
        point = divide(universe * errors, count)
        intervals = tuple(
            Interval(confidence, *_hypergeometric_limits(universe, count, errors, confidence))
            for confidence in CONFIDENCES
        )
    else:
        approximate = estimate_dollars(strata)
        point = approximate.point
        least, most = errors, universe - (count - errors)
        intervals = tuple(
            Interval(one.confidence, max(least, one.lower), min(most, one.upper)) for one in approximate.intervals
        )
    return ErrorEstimate(universe, count, errors, point, len(strata) == 1, intervals[0].lower, intervals)


def _check(strata: Sequence[Reviewed]) -> None:
    if not strata:
        raise EstimateError("no claim was reviewed; expected a sample")
    for part in strata:
        of = f"stratum {part.name!r}: " if part.name else ""
        if not 1 <= part.count <= part.universe:
            raise EstimateError(f"{of}{part.count} claims reviewed of {part.universe}; expected 1 to {part.universe}")
        if part.count == 1 < part.universe:
            raise EstimateError(f"{of}1 claim reviewed of {part.universe}; expected 2 or more, or all")


def _degrees(strata: Sequence[Reviewed], variance: Fraction) -> int:
    """Satterthwaite's degrees of freedom, rounded down; with one stratum, its claims less one."""
    parts = [(part, part.weight() * part.variance()) for part in strata]
    spread = sum((own**2 / (part.count - 1) for part, own in parts if own), Fraction(0))
    if not spread:
        return max(1, sum(part.count - 1 for part in strata))
    return max(1, int(variance**2 / spread))


def _decimal(number: Fraction) -> Decimal:
    return Decimal(number.numerator) / Decimal(number.denominator)


def _whole(number: Decimal) -> int:
    """Rounded half away from zero."""
    return int(number.to_integral_value(ROUND_HALF_UP))


# --- attributes ------------------------------------------------------------------------------------------


def _hypergeometric_limits(universe: int, count: int, errors: int, confidence: int) -> tuple[int, int]:
    """Claims in error that the sample does not contradict: fewest and most.

    The fewest is the smallest number of which so many errors, or more, are still seen with a probability above half
    of what the interval leaves out; the most is the largest of which so few, or fewer, are.
    """
    # Each tail is compared in whole numbers: its share of all samples with (100 - confidence) / 200.
    allowed = (_HUNDRED - confidence) * comb(universe, count)
    scale = 2 * _HUNDRED
    least, most = errors, universe - (count - errors)
    every = comb(universe, count)

    def is_low_enough(wrong: int) -> bool:
        return scale * (every - _samples_with_at_most(errors - 1, universe, count, wrong)) > allowed

    def is_high_still(wrong: int) -> bool:
        return scale * _samples_with_at_most(errors, universe, count, wrong) > allowed

    fewest = _first(least, most, is_low_enough)
    over = _first(fewest, most + 1, lambda wrong: wrong > most or not is_high_still(wrong))
    return fewest, over - 1


def _samples_with_at_most(errors: int, universe: int, count: int, wrong: int) -> int:
    """How many samples of `count` hold at most so many of the `wrong` claims."""
    right = universe - wrong
    first = max(0, count - right)
    if errors < first:
        return 0
    term = comb(wrong, first) * comb(right, count - first)
    total = term
    for seen in range(first, min(errors, count, wrong)):
        # Exact: both sides count samples.
        term = term * (wrong - seen) * (count - seen) // ((seen + 1) * (right - count + seen + 1))
        total += term
    return total


def _first(low: int, high: int, holds: Callable[[int], bool]) -> int:
    """The first number from `low` through `high` for which it holds; it then holds for all that follow."""
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return low
