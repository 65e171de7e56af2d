"""Numbers are told apart alike, whether they rise along the rows or not."""

from __future__ import annotations

import numpy as np
import pytest

from cleanclaim.pricing.distinct import distinct, starts


def test_rows_of_one_number_share_a_place_and_its_first_row() -> None:
    told = distinct(np.array([7, 3, 7, 3, 9]))

    assert told.values.tolist() == [3, 7, 9]
    assert told.first.tolist() == [1, 0, 4]
    assert told.of_row.tolist() == [1, 0, 1, 0, 2]


def test_no_rows_have_no_numbers() -> None:
    assert [own.tolist() for own in distinct(np.zeros(0, np.int64))] == [[], [], []]


@pytest.mark.parametrize("disorder", [0, 3, 1_000])
def test_numbers_are_those_that_a_full_sort_tells_apart(disorder: int) -> None:
    random = np.random.default_rng(disorder)
    numbers = np.arange(2_000) // 3 + random.integers(0, disorder + 1, 2_000)

    told = distinct(numbers)

    values, first, of_row = np.unique(numbers, return_index=True, return_inverse=True)
    assert np.array_equal(told.values, values)
    assert np.array_equal(told.first, first)
    assert np.array_equal(told.of_row, of_row.reshape(-1))


def test_a_run_starts_where_the_number_is_another() -> None:
    assert starts(np.array([4, 4, 2, 4])).tolist() == [True, False, True, True]
