"""Extrapolation: to the cent, and exact limits against counting every sample."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from math import comb, sqrt

import pytest

from cleanclaim.audit.sampling_estimates import (
    EstimateError,
    Interval,
    Reviewed,
    estimate_dollars,
    estimate_errors,
)


def known(universe: int, count: int, mean: int, deviation: int, name: str = "") -> Reviewed:
    """A stratum of which only mean and standard deviation (n - 1) are told, in cents."""
    return Reviewed(name, universe, count, count * mean, (count - 1) * deviation**2 + count * mean**2)


# --- variable appraisal ------------------------------------------------------------------------------------


def test_the_lower_limit_of_a_simple_random_sample_to_the_cent() -> None:
    # N 2,000, n 100, mean $40, s $60: SE = 2,000 × 60/√100 × √(1 − 100/2,000); t(0.90, 99) = 1.290161…
    found = estimate_dollars([known(2_000, 100, 4_000, 6_000)])
    assert (found.universe, found.count, found.strata, found.degrees) == (2_000, 100, 1, 99)
    assert (found.point, found.standard_error) == (8_000_000, 1_169_615)
    assert found.lower_one_sided_90 == 6_491_007
    assert found.intervals == (
        Interval(80, 6_491_007, 9_508_993),
        Interval(90, 6_057_981, 9_942_019),
        Interval(95, 5_679_229, 10_320_771),
    )


def test_amounts_one_by_one_are_the_same_as_their_sums() -> None:
    amounts = [0, 0, 1_250, -300, 4_000]
    assert Reviewed.of("", 50, amounts) == Reviewed("", 50, 5, 4_950, 17_652_500)
    assert Reviewed.of("", 50, amounts).variance() == Fraction(5 * 17_652_500 - 4_950**2, 20)


def test_a_stratified_sample_is_the_sum_of_its_strata() -> None:
    strata = [known(1_000, 50, 3_000, 2_000, "a"), known(500, 25, 8_000, 5_000, "b"), known(20, 20, 100, 50, "all")]
    found = estimate_dollars(strata)
    assert found.point == 1_000 * 3_000 + 500 * 8_000 + 20 * 100
    parts = [1_000**2 * (1 - 50 / 1_000) * 2_000**2 / 50, 500**2 * (1 - 25 / 500) * 5_000**2 / 25]
    assert found.standard_error == round(sqrt(sum(parts)))
    # Satterthwaite: (V₁ + V₂)² / (V₁²/49 + V₂²/24), rounded down; the stratum reviewed whole adds nothing.
    assert found.degrees == int(sum(parts) ** 2 / (parts[0] ** 2 / 49 + parts[1] ** 2 / 24)) == 39
    assert (found.count, found.strata, found.universe) == (95, 3, 1_520)


def test_a_universe_reviewed_whole_has_no_error_left() -> None:
    found = estimate_dollars([Reviewed.of("", 4, [100, 0, 0, 300])])
    assert (found.point, found.standard_error, found.lower_one_sided_90) == (400, 0, 400)
    assert {(one.lower, one.upper) for one in found.intervals} == {(400, 400)}


def test_point_estimates_round_half_away_from_zero() -> None:
    assert estimate_dollars([Reviewed.of("", 3, [1, 0])]).point == 2
    assert estimate_dollars([Reviewed.of("", 3, [-1, 0])]).point == -2


@pytest.mark.parametrize(
    ("part", "said"),
    [
        (Reviewed("a", 10, 0, 0, 0), "stratum 'a': 0 claims reviewed of 10; expected 1 to 10"),
        (Reviewed("a", 10, 11, 0, 0), "stratum 'a': 11 claims reviewed of 10; expected 1 to 10"),
        (Reviewed("", 10, 1, 0, 0), "1 claim reviewed of 10; expected 2 or more, or all"),
    ],
)
def test_a_stratum_without_a_variance_is_refused(part: Reviewed, said: str) -> None:
    for estimate in (estimate_dollars, estimate_errors):
        with pytest.raises(EstimateError) as error:
            estimate([part])
        assert str(error.value) == said


def test_one_claim_that_is_all_of_its_stratum_is_enough() -> None:
    assert estimate_dollars([Reviewed.of("one", 1, [500]), Reviewed.of("two", 2, [0, 0])]).point == 500


def test_nothing_reviewed_is_refused() -> None:
    with pytest.raises(EstimateError, match="expected a sample"):
        estimate_dollars([])


# --- attribute appraisal -----------------------------------------------------------------------------------


def marks(universe: int, count: int, errors: int) -> Reviewed:
    return Reviewed("", universe, count, errors, errors)


def by_counting(universe: int, count: int, errors: int, confidence: int) -> tuple[int, int]:
    """The limits by drawing every sample there is."""
    half = Fraction(100 - confidence, 200)
    samples = [set(sample) for sample in combinations(range(universe), count)]
    possible = []
    for wrong in range(errors, universe - (count - errors) + 1):
        seen = [len(sample & set(range(wrong))) for sample in samples]
        so_many = Fraction(sum(number >= errors for number in seen), len(samples))
        so_few = Fraction(sum(number <= errors for number in seen), len(samples))
        if so_many > half and so_few > half:
            possible.append(wrong)
    return min(possible), max(possible)


@pytest.mark.parametrize(
    ("universe", "count", "errors"), [(9, 4, 0), (9, 4, 1), (9, 4, 2), (9, 4, 4), (10, 5, 3), (7, 7, 3), (8, 2, 1)]
)
def test_limits_are_those_of_counting_every_sample(universe: int, count: int, errors: int) -> None:
    found = estimate_errors([marks(universe, count, errors)])
    assert found.is_exact
    assert [(one.confidence, (one.lower, one.upper)) for one in found.intervals] == [
        (confidence, by_counting(universe, count, errors, confidence)) for confidence in (80, 90, 95)
    ]


def test_ten_errors_in_a_hundred_of_two_thousand() -> None:
    # Limits as scipy's hypergeometric distribution gives them, number by number.
    found = estimate_errors([marks(2_000, 100, 10)])
    assert (found.point, found.lower_one_sided_90) == (200, 128)
    assert found.intervals[0] == Interval(80, 128, 297)
    assert found.intervals[1] == Interval(90, 113, 324)


def test_no_error_seen_still_leaves_some_possible() -> None:
    found = estimate_errors([marks(2_000, 100, 0)])
    assert (found.point, found.intervals[1]) == (0, Interval(90, 0, 57))
    # Both sides of the limit: so many errors are missed by more, and by no more, than a twentieth of the samples.
    assert comb(2_000 - 57, 100) * 20 > comb(2_000, 100) >= comb(2_000 - 58, 100) * 20


def test_stratified_limits_stay_between_what_was_seen() -> None:
    found = estimate_errors([Reviewed("a", 10, 5, 5, 5), Reviewed("b", 10, 5, 1, 1)])
    assert not found.is_exact
    assert (found.errors, found.point) == (6, 12)
    assert all(6 <= one.lower <= 12 <= one.upper <= 16 for one in found.intervals)
