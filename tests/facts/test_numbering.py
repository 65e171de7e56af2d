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


SHORT = [["a"], [], None, ["b", "a"], ["a", "b"], ["a"], ["a", None], [None]]
LONG = [None, *(["a"] * length for length in range(14)), ["a"] * 13 + ["b"], ["a"] * 13, []]


@pytest.mark.parametrize("lists", [SHORT, LONG, SHORT * 2_000, [*LONG, *SHORT]])
def test_lists_are_numbered_by_value(lists: list[list[str | None] | None]) -> None:
    numbered = few_numbered(pl.Series(lists, dtype=pl.List(pl.String)))

    assert numbered is not None
    said = {(None if one is None else tuple(one), number) for one, number in zip(lists, numbered.numbers, strict=True)}
    assert len(said) == len({one for one, _ in said}) == len({number for _, number in said}) == numbered.count
