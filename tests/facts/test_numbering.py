"""Columns numbered by their values."""

from __future__ import annotations

import polars as pl
import pytest

from cleanclaim.facts.numbering import few_numbered


@pytest.mark.parametrize(("values", "numbers"), [([], []), (["b"], [0]), (["b", None, "a", "b"], [1, 0, 2, 1])])
def test_few_rows_are_numbered_by_value(values: list[str | None], numbers: list[int]) -> None:
    numbered = few_numbered(pl.Series(values, dtype=pl.String))

    assert numbered is not None
    assert [numbers.index(number) for number in numbers] == [
        numbered.numbers.tolist().index(number) for number in numbered.numbers.tolist()
    ]
    assert numbered.count == len(set(numbers))
